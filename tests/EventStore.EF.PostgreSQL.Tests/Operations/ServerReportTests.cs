using Microsoft.Extensions.DependencyInjection;

namespace EventStore.EF.PostgreSQL.Tests.Operations;

/// <summary>What is wrong with a server or a schema is found, with what to do.</summary>
public sealed class ServerReportTests(PostgreSqlFixture fixture) : OwnDatabaseSpecification(fixture), IClassFixture<PostgreSqlFixture>
{
    [Theory]
    [InlineData("D10", CheckSeverity.Error, "events_are_immutable", "ALTER TABLE eventstore.events DISABLE TRIGGER events_are_immutable")]
    [InlineData("D10", CheckSeverity.Error, "streams_are_kept", "DROP TRIGGER streams_are_kept ON eventstore.streams")]
    [InlineData("D10", CheckSeverity.Error, "ix_eventstore_parked_events_key", "DROP INDEX eventstore.ix_eventstore_parked_events_key")]
    [InlineData("D04", CheckSeverity.Warning, "CACHE 20", "ALTER SEQUENCE eventstore.events_position_seq CACHE 20")]
    [InlineData("D04", CheckSeverity.Error, "an event at position", "SELECT setval('eventstore.events_position_seq', 1)")]
    [InlineData("D02", CheckSeverity.Error, "no row", "TRUNCATE eventstore.store_info")]
    public async Task What_somebody_has_broken_is_found(string id, CheckSeverity severity, string evidence, string sql)
    {
        await Events.AppendManyAsync(NewStream(), ExpectedVersion.NoStream, Numbered(3), Ct);
        await Database.ExecuteAsync(sql);

        var check = Assert.Single((await ReportAsync(Store)).Checks, check => check.Id == id);
        Assert.Equal(severity, check.Severity);
        Assert.Contains(evidence, check.Evidence, StringComparison.Ordinal);
        Assert.NotNull(check.Remedy);
    }

    [Theory]
    [InlineData("D12", "synchronous_commit is off", "-c synchronous_commit=off")]
    [InlineData("D13", "read-only", "-c default_transaction_read_only=on")]
    public async Task Settings_of_the_store_s_connections_are_judged(string id, string evidence, string options)
    {
        Assert.SkipWhen(Fixture.IsPooled, "a pool doesn't hand on options");
        await using var store = Fixture.CreateStore($"{Database.ConnectionString};Options={options}");
        var check = Assert.Single((await ReportAsync(store)).Checks, check => check.Id == id);
        Assert.Equal(CheckSeverity.Warning, check.Severity);
        Assert.Contains(evidence, check.Evidence, StringComparison.Ordinal);
    }

    private static Task<StoreReport> ReportAsync(TestStore store)
        => store.Host.Services.GetRequiredService<IEventStoreOperations>().GetReportAsync(Ct);
}
