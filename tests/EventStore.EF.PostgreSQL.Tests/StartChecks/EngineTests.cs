using EventStore.EF.Storage;
using Microsoft.Extensions.DependencyInjection;

namespace EventStore.EF.PostgreSQL.Tests.StartChecks;

/// <summary>A server that doesn't keep or show the locks of transactions can't prove the order of events; it is refused at the start.</summary>
public sealed class EngineTests(PostgreSqlFixture fixture) : OwnDatabaseSpecification(fixture), IClassFixture<PostgreSqlFixture>
{
    private const string Pretending = ";Search Path=\"pretending,pg_catalog\"";

    [Fact]
    public async Task A_server_that_accepts_the_store_s_lock_and_ignores_it_fails_the_start()
    {
        Assert.SkipWhen(Fixture.IsPooled, "a pool doesn't hand on what a session is told");
        await Database.ExecuteAsync("""
            CREATE SCHEMA pretending;
            CREATE FUNCTION pretending.pg_advisory_xact_lock_shared(int, int) RETURNS void LANGUAGE sql AS ''
            """);
        await using var store = Fixture.CreateStore(Database.ConnectionString + Pretending);
        var refused = await Assert.ThrowsAsync<EventStoreSchemaException>(() => store.Host.StartAsync(Ct));
        Assert.Contains("events could be skipped", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_host_starts_beside_fifty_appenders()
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(Ct);
        var appenders = Enumerable.Range(0, 50).Select(async _ =>
        {
            while (!stop.IsCancellationRequested)
                await Events.AppendAsync(NewStream(), ExpectedVersion.Any, new Numbered(1), cancellationToken: Ct);
        }).ToArray();
        for (var start = 0; start < 10; start++)
        {
            await using var store = Fixture.CreateStore(Database);
            await store.Host.StartAsync(Ct);
        }

        await stop.CancelAsync();
        await Task.WhenAll(appenders);
    }

    [Fact]
    public async Task A_server_that_takes_over_is_checked_before_its_locks_are_believed()
    {
        Assert.SkipWhen(Fixture.IsPooled, "a pool doesn't hand on what a session is told");
        await Database.ExecuteAsync("CREATE SCHEMA pretending");
        await using var store = Fixture.CreateStore(Database.ConnectionString + Pretending);
        await store.Host.StartAsync(Ct);
        await Database.ExecuteAsync("CREATE FUNCTION pretending.pg_advisory_xact_lock_shared(int, int) RETURNS void LANGUAGE sql AS ''");
        var storage = store.Host.Services.GetRequiredService<IStorage>();
        Assert.Equal(0, await storage.ReadSettledAsync(Ct));
        storage.Observe("one server/epoch");
        storage.Observe("another server/epoch");
        await Assert.ThrowsAsync<EventStoreSchemaException>(() => storage.ReadSettledAsync(Ct));
    }

    [Theory]
    [InlineData("engine", "citus")]
    [InlineData("position_allocator", "counter")]
    public async Task A_store_that_was_made_for_something_else_fails_the_start(string column, string value)
    {
        await Database.ExecuteAsync($"UPDATE {{store_info}} SET {column} = '{value}'");
        await using var store = Fixture.CreateStore(Database);
        var refused = await Assert.ThrowsAsync<EventStoreSchemaException>(() => store.Host.StartAsync(Ct));
        Assert.Contains($"'{value}'", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_sequence_that_assigns_positions_in_advance_is_a_warning()
    {
        await Database.ExecuteAsync("ALTER SEQUENCE eventstore.events_position_seq CACHE 10");
        await using var store = Fixture.CreateStore(Database);
        await store.Host.StartAsync(Ct);
        await store.Log.WaitForAsync(line => line.Message.Contains("CACHE 10", StringComparison.Ordinal), Ct);
    }
}
