using EventStore.EF.TestDatabases;
using Microsoft.Extensions.DependencyInjection;

namespace EventStore.EF.PostgreSQL.Tests.Subscriptions;

/// <summary>
/// What parking costs, counted between the process and its server: while events are parked their subscription's row is locked, and whoever
/// pauses, rewinds or replays it waits.
/// </summary>
public sealed class ParkingStatementsTests(PostgreSqlFixture fixture) : OwnDatabaseSpecification(fixture), IClassFixture<PostgreSqlFixture>
{
    [Fact]
    public async Task Events_that_queue_behind_their_key_are_parked_together_and_not_by_a_statement_each()
    {
        const int Queued = 1000;
        await Events.AppendManyAsync("order-1", ExpectedVersion.NoStream, Numbered(1), Ct);
        await using var proxy = new FaultyProxy(Database.ConnectionString);
        await using var process = Fixture.CreateStore(proxy.ConnectionString, builder =>
        {
            builder.Services.AddSingleton(new Recorder { OnHandling = (_, _) => throw new InvalidOperationException("poison") });
            builder.AddSubscriber<NumberedHandler>("orders", options => options.MaxAttempts = 1);
        });
        await process.Host.StartAsync(Ct);
        await UntilParkedAsync(1);
        proxy.Statements.Clear();
        await Events.AppendManyAsync("order-1", ExpectedVersion.Any, Numbered(Queued), Ct);
        await UntilParkedAsync(1 + Queued);

        // Reading them takes some, and the clock adds a few.
        Assert.InRange(proxy.Statements.Count, 1, Queued / 5);
    }

    private async Task UntilParkedAsync(int count)
    {
        while (await Database.ScalarAsync<long>("SELECT count(*) FROM {parked_events}") < count)
            await Task.Delay(TimeSpan.FromMilliseconds(20), TimeProvider.System, Ct);
    }
}
