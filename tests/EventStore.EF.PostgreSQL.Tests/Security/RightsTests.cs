using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Npgsql;

namespace EventStore.EF.PostgreSQL.Tests.Security;

/// <summary>Nobody gets past the guards but by the functions that run with their owner's rights, and a missing right is told with its grant.</summary>
public sealed class RightsTests(PostgreSqlFixture fixture) : RoleSuite(fixture)
{
    [Theory]
    [InlineData("streams", "DELETE FROM eventstore.streams")]
    [InlineData("events", "DELETE FROM eventstore.events")]
    [InlineData("links", "DELETE FROM eventstore.stream_links")]
    [InlineData("a stream by MERGE", "MERGE INTO eventstore.streams s USING (SELECT 1) one ON true WHEN MATCHED THEN DELETE")]
    [InlineData("in a CTE", "WITH gone AS (DELETE FROM eventstore.events RETURNING 1) SELECT count(*) FROM gone")]
    public async Task The_mark_of_a_removal_permits_nothing_to_whoever_does_not_own_the_table(string what, string delete)
    {
        Assert.NotEmpty(what);
        var stream = await LinkedStreamAsync();
        await ExecuteAsync($"GRANT ALL ON ALL TABLES IN SCHEMA eventstore TO {Prefix}_appender");

        // The appender with every right on the tables, and the server's superuser, who owns none of them.
        foreach (var role in (string?[])["appender", null])
        {
            var refused = await Assert.ThrowsAsync<PostgresException>(
                () => ExecuteAsync($"BEGIN; SELECT set_config('eventstore.removal', pg_current_xact_id()::text, true); {delete}; COMMIT", role));
            Assert.Equal(PostgresErrorCodes.InsufficientPrivilege, refused.SqlState);
        }

        await AssertNumbersAsync(stream, 1, 2, 3);
    }

    [Fact]
    public async Task The_owner_itself_removes_nothing_without_the_mark()
    {
        var stream = await LinkedStreamAsync();
        foreach (var table in (string[])["streams", "events", "stream_links"])
            Assert.Equal("0A000", (await Assert.ThrowsAsync<PostgresException>(() => ExecuteAsync($"DELETE FROM eventstore.{table}", "migrator"))).SqlState);

        await AssertNumbersAsync(stream, 1, 2, 3);
    }

    [Fact]
    public async Task A_name_that_is_held_to_stay_missing_removes_nothing_else()
    {
        var stream = await LinkedStreamAsync();
        await ExecuteAsync($"SELECT set_config('eventstore.removal', pg_current_xact_id()::text, true), eventstore.expect('{stream}', 0), eventstore.expect('none', 0)", "appender");
        await AssertNumbersAsync(stream, 1, 2, 3);
        Assert.Equal(0, await Database.ScalarAsync<long>("SELECT count(*) FROM {streams} WHERE name = 'none'"));
    }

    [Fact]
    public async Task Only_functions_that_write_run_with_the_owner_s_rights() => Assert.Equal(
        "append append_group append_many expect link remove",
        await Database.ScalarAsync<string>("SELECT string_agg(proname, ' ' ORDER BY proname) FROM pg_proc WHERE pronamespace = 'eventstore'::regnamespace AND prosecdef"));

    [Fact]
    public async Task No_function_of_the_store_may_be_executed_without_a_grant() => Assert.Equal(
        0,
        await Database.ScalarAsync<long>("SELECT count(*) FROM pg_proc WHERE pronamespace = 'eventstore'::regnamespace AND has_function_privilege('public', oid, 'EXECUTE')"));

    [Theory]
    [InlineData("REVOKE UPDATE ON eventstore.subscriptions FROM {0}", "GRANT UPDATE ON eventstore.subscriptions TO")]
    [InlineData("REVOKE INSERT, DELETE ON eventstore.parked_events FROM {0}", "GRANT INSERT, DELETE ON eventstore.parked_events TO")]
    [InlineData("REVOKE SELECT ON SEQUENCE eventstore.events_position_seq FROM {0}", "GRANT SELECT ON eventstore.events_position_seq TO")]
    [InlineData("REVOKE SELECT ON eventstore.events FROM {0}", "GRANT SELECT ON eventstore.events TO")]
    [InlineData("REVOKE USAGE ON SCHEMA eventstore FROM {0}", "GRANT USAGE ON SCHEMA eventstore TO")]
    public async Task A_host_whose_subscriber_lacks_a_right_is_told_the_grant_at_its_start(string revoke, string grant)
    {
        var role = $"{Prefix}_subscriber";
        await ExecuteAsync(string.Format(System.Globalization.CultureInfo.InvariantCulture, revoke, role));
        await using var store = Subscribing();
        var refused = await Assert.ThrowsAsync<EventStoreUnavailableException>(() => store.Host.StartAsync(Ct));
        Assert.False(refused.OutcomeUnknown);
        Assert.Contains($"{grant} \"{role}\"", refused.Message, StringComparison.Ordinal);
        AssertSaysNothingOfHosts(refused.Message);

        // What it says is enough.
        await ExecuteAsync(refused.Message[(refused.Message.IndexOf("run: ", StringComparison.Ordinal) + 5)..refused.Message.IndexOf(". docs", StringComparison.Ordinal)]);
        await using var granted = Subscribing();
        await granted.Host.StartAsync(Ct);
    }

    [Fact]
    public async Task A_host_that_only_reads_needs_no_right_to_write()
    {
        await using var store = As("reader");
        await store.Host.StartAsync(Ct);
        Assert.Empty(await ToListAsync(store.Events.ReadAllAsync(cancellationToken: Ct)));
    }

    [Fact]
    public async Task A_missing_right_is_not_taken_for_a_wrong_host_or_port()
    {
        await using var store = As("reader");
        var refused = await Assert.ThrowsAsync<EventStoreUnavailableException>(
            () => store.Events.AppendAsync(NewStream(), ExpectedVersion.Any, new Numbered(1), cancellationToken: Ct));
        Assert.Contains("docs/security.md", refused.Message, StringComparison.Ordinal);
        AssertSaysNothingOfHosts(refused.Message);
    }

    [Fact]
    public async Task The_owner_lowers_a_version_that_was_raised_and_a_rewind_leaves_nothing_out()
    {
        await Events.AppendManyAsync("order-1", ExpectedVersion.NoStream, Numbered(2), Ct);
        await ExecuteAsync("UPDATE eventstore.streams SET version = 100 WHERE name = 'order-1'", "migrator");
        await using (var subscription = await Events.SubscribeAsync("orders", new() { Stream = "order-1" }, Ct))
            await subscription.HandleAsync(2);
        Assert.Equal(100, await Database.ScalarAsync<long>("SELECT position FROM {subscriptions}"));

        Assert.Equal("0A000", (await Assert.ThrowsAsync<PostgresException>(
            () => ExecuteAsync("UPDATE eventstore.streams SET version = 2 WHERE name = 'order-1'", "migrator"))).SqlState);
        await ExecuteAsync(Blocks().Single(block => block.Contains("streams_versions_only_rise", StringComparison.Ordinal)), "migrator");
        await Events.Subscriptions.RewindAsync("orders", 2, ParkedEventHandling.Keep, "order-1", Ct);
        await Events.AppendAsync("order-1", 2, new Numbered(3), cancellationToken: Ct);
        await using var again = await Events.SubscribeAsync("orders", new() { Stream = "order-1" }, Ct);
        Assert.Equal([(3L, 3)], (await again.HandleAsync(1)).Select(@event => (@event.Number, @event.As<Numbered>().Number)));
    }

    /// <summary>With the lock that says that nothing of the transaction can appear up to position 9,000.</summary>
    [Theory]
    [InlineData("9000")]
    [InlineData("9223372036854775807")]
    [InlineData("-4294958296")]
    [InlineData("1")]
    [InlineData("0")]
    public async Task No_setting_of_a_session_makes_readers_pass_over_its_append(string setting)
    {
        var stream = NewStream();
        await Events.AppendAsync(stream, ExpectedVersion.NoStream, new Numbered(1), cancellationToken: Ct);
        await using var store = As("appender");
        await using var connection = new NpgsqlConnection(ConnectionString("appender"));
        await connection.OpenAsync(Ct);
        await using var transaction = await connection.BeginTransactionAsync(Ct);
        await using (var preset = new NpgsqlCommand($"""
            SELECT set_config('eventstore.positions_of_eventstore', '{setting}', false),
                pg_advisory_xact_lock_shared('eventstore.store_info'::regclass::oid::int, 9000)
            """, connection))
            await preset.ExecuteNonQueryAsync(Ct);

        await store.Events.WithTransaction(transaction).AppendAsync(stream, 1, new Numbered(2), cancellationToken: Ct);
        await Events.AppendAsync(NewStream(), ExpectedVersion.NoStream, new Numbered(3), cancellationToken: Ct);
        await using var subscription = await Events.SubscribeTransientAsync(null, Ct);
        for (var attempt = 0; attempt < 3; attempt++)
            Assert.Equal([1], (await ReadAllAsync()).Numbers());

        await transaction.CommitAsync(Ct);
        Assert.Equal([2, 3], (await subscription.HandleAsync(2)).Numbers());
        Assert.Equal([1, 2, 3], (await ReadAllAsync()).Numbers());
    }

    private static void AssertSaysNothingOfHosts(string message)
    {
        Assert.DoesNotContain("host", message, StringComparison.OrdinalIgnoreCase);
        Assert.DoesNotContain("port,", message, StringComparison.OrdinalIgnoreCase);
    }

    private TestStore Subscribing() => As("subscriber", builder =>
    {
        builder.Services.AddSingleton(new Recorder());
        builder.AddSubscriber<NumberedHandler>("rights");
    });

    private async Task<StreamName> LinkedStreamAsync()
    {
        var stream = NewStream();
        await Events.AppendManyAsync(stream, ExpectedVersion.NoStream, Numbered(3), Ct);
        await Events.LinkAsync(NewStream(), ExpectedVersion.Any, await ReadAsync(stream), Ct);
        return stream;
    }
}
