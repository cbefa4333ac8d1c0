using Microsoft.Extensions.DependencyInjection;

namespace EventStore.EF.PostgreSQL.Tests.Subscriptions;

/// <summary>An earlier state of the database takes over while a subscription runs: lost events are told of, and new ones at their positions are not skipped.</summary>
public sealed class StoreWentBackTests(PostgreSqlFixture fixture) : OwnDatabaseSpecification(fixture), IClassFixture<PostgreSqlFixture>
{
    [Theory]
    [InlineData(null)]
    [InlineData("stream")]
    public async Task What_is_lost_is_reported_and_what_is_appended_at_its_places_is_delivered(string? stream)
    {
        var recorder = new Recorder();
        await using var store = Fixture.CreateStore(Database, builder =>
        {
            builder.Services.AddSingleton(recorder);
            builder.AddSubscriber<NumberedHandler>("ahead", options =>
            {
                options.CheckpointEvery = 1;
                if (stream is not null)
                    options.Stream = stream;
            });
        });
        await store.Host.StartAsync(Ct);
        await store.Events.AppendManyAsync("stream", ExpectedVersion.NoStream, Numbered(5), Ct);
        await recorder.WaitForAsync(5, Ct);
        var places = recorder.Handled.Select(context => context.Event.Number).ToArray();
        await store.Events.Subscriptions.WaitForAsync("ahead", places[^1], TimeSpan.FromSeconds(30), stream is null ? default(StreamName?) : stream, Ct);
        var (kept, lost) = (places[1], places[^1]);

        // As a stand-by that had received two of the five.
        await Database.ExecuteAsync($"""
            SET session_replication_role = replica;
            DELETE FROM eventstore.events WHERE version > 2;
            UPDATE eventstore.streams SET version = 2;
            UPDATE eventstore.subscriptions SET position = {kept};
            SELECT setval(pg_get_serial_sequence('eventstore.events', 'position'), {recorder.Positions[1]});
            UPDATE eventstore.store_info SET epoch = gen_random_uuid();
            SET session_replication_role = origin
            """);

        var appended = await store.Events.AppendManyAsync("stream", 2, Numbered(2, 10), Ct);
        Assert.True(appended.StreamVersion < 5);

        await store.Log.WaitForAsync(line => line.Exception is SubscriptionAheadException { Name.Value: "ahead" } ahead && ahead.Position == lost && ahead.Head < lost, Ct);
        await recorder.WaitForAsync(7, Ct);
        Assert.Equal([1, 2, 3, 4, 5, 10, 11], recorder.Handled.Select(context => context.Event.As<Numbered>().Number));
    }

    [Fact]
    public async Task Events_that_somebody_truncated_are_not_lost()
    {
        var recorder = new Recorder();
        await using var store = Fixture.CreateStore(Database, builder =>
        {
            builder.Services.AddSingleton(recorder);
            builder.AddSubscriber<NumberedHandler>("of-one", options => options.Stream = "stream");
        });
        await store.Host.StartAsync(Ct);
        await store.Events.AppendManyAsync("stream", ExpectedVersion.NoStream, Numbered(5), Ct);
        await recorder.WaitForAsync(5, Ct);
        await store.Events.Streams.TruncateAsync("stream", 6, Ct);
        await Database.ExecuteAsync("SELECT count(pg_terminate_backend(pid, 10000)) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()");
        await store.Events.AppendManyAsync("stream", 5, Numbered(2, 10), Ct);
        await recorder.WaitForAsync(7, Ct);

        Assert.Equal([1, 2, 3, 4, 5, 10, 11], recorder.Handled.Select(context => context.Event.As<Numbered>().Number));
        Assert.DoesNotContain(store.Log.Lines, line => line.Exception is SubscriptionAheadException);
    }
}
