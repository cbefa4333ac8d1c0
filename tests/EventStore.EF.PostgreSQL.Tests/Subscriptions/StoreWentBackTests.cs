using Microsoft.Extensions.DependencyInjection;

namespace EventStore.EF.PostgreSQL.Tests.Subscriptions;

/// <summary>An earlier state of the database takes over while a subscription runs: lost events are told of, and new ones at their positions are not skipped.</summary>
public sealed class StoreWentBackTests(PostgreSqlFixture fixture) : OwnDatabaseSpecification(fixture), IClassFixture<PostgreSqlFixture>
{
    [Fact]
    public async Task What_is_lost_is_reported_and_what_is_appended_at_its_positions_is_delivered()
    {
        var recorder = new Recorder();
        await using var store = Fixture.CreateStore(Database, builder =>
        {
            builder.Services.AddSingleton(recorder);
            builder.AddSubscriber<NumberedHandler>("ahead", options => options.CheckpointEvery = 1);
        });
        await store.Host.StartAsync(Ct);
        await store.Events.AppendManyAsync("stream", ExpectedVersion.NoStream, Numbered(5), Ct);
        await recorder.WaitForAsync(5, Ct);
        await store.Events.Subscriptions.WaitForAsync("ahead", recorder.Positions[^1], TimeSpan.FromSeconds(30), ct: Ct);
        var (kept, lost) = (recorder.Positions[1], recorder.Positions[^1]);

        // As a stand-by that had received two of the five.
        await Database.ExecuteAsync($"""
            SET session_replication_role = replica;
            DELETE FROM eventstore.events WHERE position > {kept};
            UPDATE eventstore.streams SET version = 2;
            UPDATE eventstore.subscriptions SET position = {kept};
            SELECT setval(pg_get_serial_sequence('eventstore.events', 'position'), {kept});
            UPDATE eventstore.store_info SET epoch = gen_random_uuid();
            SET session_replication_role = origin
            """);
        var appended = await store.Events.AppendManyAsync("stream", 2, Numbered(2, 10), Ct);
        Assert.True(appended.LastPosition < lost);

        await store.Log.WaitForAsync(line => line.Exception is SubscriptionAheadException { Name.Value: "ahead" } ahead && ahead.Position == lost && ahead.Head < lost, Ct);
        await recorder.WaitForAsync(7, Ct);
        Assert.Equal([1, 2, 3, 4, 5, 10, 11], recorder.Handled.Select(context => context.Event.As<Numbered>().Number));
    }
}
