using Microsoft.Extensions.DependencyInjection;

namespace EventStore.EF.PostgreSQL.Tests.Subscriptions;

/// <summary>
/// Rule 26 on PostgreSQL: an earlier state of the database takes over while a subscription runs. Lost events are told of, new ones at their
/// positions are not skipped, and what was committed with a checkpoint that is gone is done again.
/// </summary>
public sealed class StoreWentBackTests(PostgreSqlFixture fixture) : ProjectionSuite(fixture), IClassFixture<PostgreSqlFixture>
{
    private static readonly NewEvent[] Notes = [new(new Noted("a")), new(new Noted("b")), new(new Noted("c"))];

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
        await UntilCheckpointAsync(places[^1]);
        var (kept, lost) = (places[1], places[^1]);

        await GoBackToAsync(2, recorder.Positions[1], kept);

        var appended = await store.Events.AppendManyAsync("stream", 2, Numbered(2, 10), Ct);
        Assert.True(appended.StreamVersion < 5);

        await store.Log.WaitForAsync(line => line.Exception is SubscriptionAheadException { Name.Value: "ahead" } ahead && ahead.Position == lost && ahead.Head < lost, Ct);
        await recorder.WaitForAsync(7, Ct);
        Assert.Equal([1, 2, 3, 4, 5, 10, 11], recorder.Handled.Select(context => context.Event.As<Numbered>().Number));
    }

    [Theory]
    [InlineData(null)]
    [InlineData("stream")]
    public async Task What_is_appended_at_the_places_of_events_that_the_filter_left_out_is_delivered(string? stream)
    {
        var recorder = new Recorder();
        await using var store = Fixture.CreateStore(Database, builder =>
        {
            builder.Services.AddSingleton(recorder);
            builder.AddSubscriber<NumberedHandler>("filtered", options => options.Stream = stream is null ? default(StreamName?) : stream);
        });
        await store.Host.StartAsync(Ct);
        await store.Events.AppendManyAsync("stream", ExpectedVersion.NoStream, Numbered(2), Ct);
        var passed = await store.Events.AppendManyAsync("stream", 2, Notes, Ct);
        await recorder.WaitForAsync(2, Ct);
        await store.Events.Subscriptions.WaitForAsync(
            "filtered", stream is null ? passed.LastPosition : 5, TimeSpan.FromSeconds(30), stream is null ? default(StreamName?) : stream, Ct);

        await GoBackToAsync(2, recorder.Positions[1], recorder.Handled[1].Event.Number);
        Assert.Equal(4, (await store.Events.AppendManyAsync("stream", 2, Numbered(2, 10), Ct)).StreamVersion);

        await recorder.WaitForAsync(4, Ct);
        Assert.Equal([1, 2, 10, 11], recorder.Handled.Select(context => context.Event.As<Numbered>().Number));
        Assert.DoesNotContain(store.Log.Lines, line => line.Exception is SubscriptionAheadException);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task No_checkpoint_is_written_to_another_server_or_epoch_that_answers_without_a_connection_breaking(bool isOtherServer)
    {
        Assert.SkipWhen(Fixture.IsPooled, "a pool doesn't hand on the search path");
        await Database.ExecuteAsync("""
            CREATE SCHEMA elsewhere;
            CREATE TABLE elsewhere.started AS SELECT clock_timestamp() AS at;
            CREATE FUNCTION elsewhere.pg_postmaster_start_time() RETURNS timestamptz LANGUAGE sql AS 'SELECT at FROM elsewhere.started'
            """);
        var recorder = new Recorder();
        await using var store = Fixture.CreateStore($"{Database.ConnectionString};Search Path=\"elsewhere,pg_catalog\"", builder =>
        {
            builder.Services.AddSingleton(recorder);
            builder.Configure(options => options.PollingInterval = TimeSpan.FromMinutes(1));
            builder.AddSubscriber<NumberedHandler>("filtered", options => options.CheckpointAfter = TimeSpan.FromSeconds(2));
        });
        await store.Host.StartAsync(Ct);
        var first = await store.Events.AppendManyAsync("stream", ExpectedVersion.NoStream, Numbered(2), Ct);
        await UntilCheckpointAsync(first.LastPosition);
        var passed = await store.Events.AppendManyAsync("stream", 2, Notes, Ct);
        await store.Events.Subscriptions.WaitForAsync("filtered", passed.LastPosition, TimeSpan.FromSeconds(30), cancellationToken: Ct);
        Assert.Equal(first.LastPosition, await PositionAsync());

        // The next to ask the database is who writes the checkpoint.
        await GoBackToAsync(2, first.LastPosition, first.LastPosition);
        if (isOtherServer)
            await Database.ExecuteAsync("UPDATE elsewhere.started SET at = at + interval '1 second'");

        await store.Log.WaitForAsync(line => line.Exception is not null && line.Exception.Message.Contains("Another database server answers than before, or the store has a new epoch", StringComparison.Ordinal), Ct);
        Assert.Equal(first.LastPosition, await PositionAsync());

        await store.Events.AppendManyAsync("stream", 2, Numbered(2, 10), Ct);
        await recorder.WaitForAsync(4, Ct);
        Assert.Equal([1, 2, 10, 11], recorder.Handled.Select(context => context.Event.As<Numbered>().Number));
    }

    [Fact]
    public async Task A_transient_subscription_is_sent_what_is_appended_at_the_places_of_events_that_its_filter_left_out()
    {
        await using var store = Fixture.CreateStore(Database);
        await store.Host.StartAsync(Ct);
        await using var subscription = await store.Events.SubscribeTransientAsync(
            new() { Start = SubscriptionStart.Origin, Filter = EventFilter.Types("specification-numbered") }, Ct);
        var first = await store.Events.AppendManyAsync("stream", ExpectedVersion.NoStream, Numbered(2), Ct);
        await store.Events.AppendManyAsync("stream", 2, Notes, Ct);
        Assert.Equal([1, 2], (await subscription.HandleAsync(2)).Numbers());

        await GoBackToAsync(2, first.LastPosition, 0);
        await store.Events.AppendManyAsync("stream", 2, Numbered(2, 10), Ct);
        Assert.Equal([10, 11], (await subscription.HandleAsync(2)).Numbers());
    }

    [Fact]
    public async Task What_a_projection_committed_and_the_database_has_lost_is_applied_again()
    {
        var application = NewApplication();
        await application.Host.StartAsync(Ct);
        var kept = await Events.AppendManyAsync("kept", ExpectedVersion.NoStream, Numbered(2), Ct);
        await WaitForAsync(application, kept);
        await WaitForAsync(application, await Events.AppendManyAsync("lost", ExpectedVersion.NoStream, Numbered(2), Ct));

        // The events are there; the projection's commit was not.
        await Database.ExecuteAsync($"""
            DELETE FROM tallies WHERE stream = 'lost';
            UPDATE eventstore.subscriptions SET position = {kept.LastPosition};
            UPDATE eventstore.store_info SET epoch = gen_random_uuid()
            """);
        await WaitForAsync(application, await Events.AppendManyAsync("new", ExpectedVersion.NoStream, Numbered(2), Ct));

        await AssertEachEventOnceAsync();
        Assert.Contains(application.Store.Log.Lines, line => line.Message.Contains("continues from its stored checkpoint", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_parked_event_whose_row_the_database_has_lost_is_delivered_again()
    {
        var recorder = new Recorder { OnHandling = (context, _) => context.Event.As<Numbered>().Number == 2 ? throw new InvalidOperationException("refused") : Task.CompletedTask };
        await using var store = Fixture.CreateStore(Database, builder =>
        {
            builder.Services.AddSingleton(recorder);
            builder.AddSubscriber<NumberedHandler>("parks", options =>
                (options.PartitionBy, options.OnError, options.MaxAttempts, options.CheckpointAfter) = (@event => @event.StreamName.Value, SubscriptionErrorPolicy.Park, 1, TimeSpan.FromMilliseconds(10)));
        });
        await store.Host.StartAsync(Ct);
        var kept = await store.Events.AppendManyAsync("one", ExpectedVersion.NoStream, Numbered(1), Ct);
        await store.Events.AppendManyAsync("two", ExpectedVersion.NoStream, Numbered(1, 2), Ct);
        var last = await store.Events.AppendManyAsync("three", ExpectedVersion.NoStream, Numbered(1, 3), Ct);
        await UntilCheckpointAsync(last.LastPosition);

        recorder.OnHandling = null;
        await Database.ExecuteAsync($"""
            DELETE FROM eventstore.parked_events;
            UPDATE eventstore.subscriptions SET position = {kept.LastPosition};
            UPDATE eventstore.store_info SET epoch = gen_random_uuid()
            """);
        await store.Events.AppendManyAsync("four", ExpectedVersion.NoStream, Numbered(1, 4), Ct);

        await recorder.WaitAsync(handled => handled.Any(context => context.Event.As<Numbered>().Number == 2) && handled.Any(context => context.Event.As<Numbered>().Number == 4), Ct);
    }

    [Fact]
    public async Task A_broken_connection_is_no_reason_to_begin_again_where_a_parked_event_is_ahead_of_the_checkpoint()
    {
        var (goOn, isParked) = (new TaskCompletionSource(), new TaskCompletionSource());
        var recorder = new Recorder
        {
            OnHandling = async (context, _) =>
            {
                if (context.Event.As<Numbered>().Number == 1)
                    await goOn.Task;
                else if (context.Event.As<Numbered>().Number == 2)
                    throw new InvalidOperationException("refused");
                else
                    isParked.TrySetResult();
            },
        };
        await using var store = Fixture.CreateStore(Database, builder =>
        {
            builder.Services.AddSingleton(recorder);
            builder.AddSubscriber<NumberedHandler>("parks", options =>
                (options.MaxConsumers, options.PartitionBy, options.OnError, options.MaxAttempts) = (2, @event => @event.StreamName.Value, SubscriptionErrorPolicy.Park, 1));
        });
        await store.Host.StartAsync(Ct);
        await store.Events.AppendManyAsync("one", ExpectedVersion.NoStream, Numbered(1), Ct);
        await store.Events.AppendManyAsync("two", ExpectedVersion.NoStream, Numbered(1, 2), Ct);
        await store.Events.AppendManyAsync("three", ExpectedVersion.NoStream, Numbered(1, 3), Ct);
        await isParked.Task.WaitAsync(TimeSpan.FromSeconds(30), Ct);
        await Database.ExecuteAsync("SELECT count(pg_terminate_backend(pid, 10000)) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()");
        var last = await Events.AppendManyAsync("four", ExpectedVersion.NoStream, Numbered(1, 4), Ct);
        await recorder.WaitForAsync(2, Ct);

        goOn.SetResult();
        await Events.Subscriptions.WaitForAsync("parks", last.LastPosition, TimeSpan.FromSeconds(30), cancellationToken: Ct);
        Assert.Equal([3, 4, 1], recorder.Handled.Select(context => context.Event.As<Numbered>().Number));
        Assert.DoesNotContain(store.Log.Lines, line => line.Message.Contains("continues from its stored checkpoint", StringComparison.Ordinal));
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

    private async Task UntilCheckpointAsync(long position)
    {
        while (await PositionAsync() < position)
            await Task.Delay(TimeSpan.FromMilliseconds(10), TimeProvider.System, Ct);
    }

    /// <summary>As a stand-by that had received so many events of the one stream, and this checkpoint.</summary>
    private Task<int> GoBackToAsync(long version, long position, long checkpoint) => Database.ExecuteAsync($"""
        SET session_replication_role = replica;
        DELETE FROM eventstore.events WHERE version > {version};
        UPDATE eventstore.streams SET version = {version};
        UPDATE eventstore.subscriptions SET position = {checkpoint};
        SELECT setval(pg_get_serial_sequence('eventstore.events', 'position'), {position});
        UPDATE eventstore.store_info SET epoch = gen_random_uuid();
        SET session_replication_role = origin
        """);
}
