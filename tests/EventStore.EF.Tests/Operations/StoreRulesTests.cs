using EventStore.EF.Operations;
using EventStore.EF.Operations.Checks;

namespace EventStore.EF.Tests.Operations;

/// <summary>What is found of the store as a whole.</summary>
public sealed class StoreRulesTests
{
    private static readonly StoreReport Report = new()
    {
        ReadAt = DateTimeOffset.UnixEpoch,
        Schema = SchemaRules.Judge("eventstore", ["1_A", "2_B"], ["1_A", "2_B"], null),
        Product = "PostgreSQL",
        Head = 12,
        SettledPosition = 10,
        BlockingTransactions = [],
        Checks = [],
    };

    [Fact]
    public void An_open_transaction_is_named_with_its_session_once_it_is_open_for_ten_seconds()
    {
        Assert.Equal(CheckSeverity.Passed, HeldBack(new BlockingTransaction(4711, "shop", TimeSpan.FromSeconds(9), null)).Severity);
        var found = HeldBack(new BlockingTransaction(4711, "shop", TimeSpan.FromSeconds(10), null) { Role = "ada" });
        Assert.Equal(CheckSeverity.Warning, found.Severity);
        Assert.Contains("session 4711 of role 'ada', application 'shop'", found.Evidence, StringComparison.Ordinal);
        Assert.Contains("Events after position 10, up to 12, wait for it.", found.Evidence, StringComparison.Ordinal);
        Assert.Contains("pg_terminate_backend(4711)", found.Remedy, StringComparison.Ordinal);
        Assert.Equal(CheckSeverity.Error, HeldBack(new BlockingTransaction(4711, "shop", TimeSpan.FromMinutes(5), null)).Severity);
    }

    [Fact]
    public void A_transaction_whose_age_may_not_be_seen_is_unknown_and_never_passed()
        => Assert.Equal(CheckSeverity.Unknown, HeldBack(new BlockingTransaction(4711, "shop", null, null)).Severity);

    [Fact]
    public void A_session_that_holds_the_lock_without_having_appended_is_found_at_once()
        => Assert.Equal(CheckSeverity.Warning, HeldBack(new BlockingTransaction(4711, "psql", null, null) { IsAppender = false }).Severity);

    [Fact]
    public void A_prepared_transaction_is_found_by_its_name()
        => Assert.Contains(
            "'undecided'", HeldBack(new BlockingTransaction(null, null, TimeSpan.FromMinutes(1), "undecided")).Evidence, StringComparison.Ordinal);

    [Fact]
    public void What_is_settled_is_unknown_on_a_stand_by()
        => Assert.Equal(CheckSeverity.Unknown, Assert.Single(StoreRules.HeldBack(Report with { SettledPosition = null }, null)).Severity);

    [Theory]
    [InlineData(new[] { "1_A", "2_B" }, SchemaState.Current, CheckSeverity.Passed)]
    [InlineData(new[] { "1_A" }, SchemaState.Outdated, CheckSeverity.Error)]
    [InlineData(new string[0], SchemaState.Missing, CheckSeverity.Error)]
    [InlineData(new[] { "1_A", "2_B", "3_C" }, SchemaState.Newer, CheckSeverity.Warning)]
    [InlineData(null, SchemaState.Unknown, CheckSeverity.Unknown)]
    public void The_schema_is_compared_with_the_migrations_of_the_package(string[]? applied, SchemaState state, CheckSeverity severity)
    {
        var schema = SchemaRules.Judge("eventstore", ["1_A", "2_B"], applied, applied is null ? "permission denied" : null);
        Assert.Equal((state, severity), (schema.State, SchemaRules.Check(schema, allowsNewer: false).Severity));
    }

    [Fact]
    public void An_event_above_the_last_assigned_position_is_an_error()
    {
        Assert.Empty(StoreRules.Positions(new StoreEnd(7, 7, 7), "eventstore"));
        Assert.Equal(CheckSeverity.Error, Assert.Single(StoreRules.Positions(new StoreEnd(7, 9, 7), "eventstore")).Severity);
    }

    [Fact]
    public void Clocks_differ_when_the_database_s_is_outside_the_time_of_the_question()
    {
        var (before, after) = (DateTimeOffset.UnixEpoch, DateTimeOffset.UnixEpoch.AddSeconds(1));
        Assert.Equal(TimeSpan.Zero, StoreRules.Difference(before, before.AddSeconds(0.5), after));
        Assert.Equal(TimeSpan.FromSeconds(9), StoreRules.Difference(before, before.AddSeconds(10), after));
        Assert.Equal(TimeSpan.FromSeconds(-10), StoreRules.Difference(before, before.AddSeconds(-10), after));
        Assert.Equal(CheckSeverity.Passed, StoreRules.Clock(TimeSpan.FromSeconds(5)).Severity);
        Assert.Equal(CheckSeverity.Warning, StoreRules.Clock(TimeSpan.FromSeconds(-6)).Severity);
    }

    [Fact]
    public void A_check_with_several_contributors_has_only_passed_if_none_found_anything()
    {
        var found = CheckDefinition.Positions.Found(CheckSeverity.Error, "evidence", "remedy");
        Assert.Equal(
            [CheckDefinition.Schema.Passed(), found],
            StoreRules.InOrder([found, CheckDefinition.Positions.Passed(), CheckDefinition.Schema.Passed()]));
    }

    [Fact]
    public void Every_id_is_used_once_and_they_are_in_order()
    {
        var ids = CheckDefinition.All.Select(check => check.Id).ToArray();
        Assert.Equal(ids.Distinct().Order(StringComparer.Ordinal), ids);
    }

    private static StoreCheck HeldBack(BlockingTransaction transaction)
        => Assert.Single(StoreRules.HeldBack(Report with { BlockingTransactions = [transaction] }, null));
}
