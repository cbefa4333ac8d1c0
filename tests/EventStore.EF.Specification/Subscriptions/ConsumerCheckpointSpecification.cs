using Microsoft.Extensions.Logging;

namespace EventStore.EF.Specification;

/// <summary>When a durable subscription's checkpoint is written, and how far.</summary>
public abstract class ConsumerCheckpointSpecification(StoreFixture fixture) : RunningSuite(fixture)
{
    private static readonly ConsumerOptions Never = new() { CheckpointEvery = int.MaxValue, CheckpointAfter = TimeSpan.FromHours(1) };

    [Fact]
    public async Task It_is_written_after_so_many_finished_events()
    {
        await AppendAsync("order-1", 7);
        await using var subscription = await Events.SubscribeAsync(Name, new() { CheckpointEvery = 5, CheckpointAfter = TimeSpan.FromHours(1) }, Ct);
        var events = await subscription.TakeAsync(7);
        await subscription.AckAsync(events[3], Ct);
        await subscription.AckAsync(events[4], Ct);

        await CheckpointReachesAsync(events[4].Position);
        Assert.Equal(events[4].Position, await CheckpointAsync());
    }

    [Fact]
    public async Task It_is_written_some_time_after_an_event_is_finished_though_nothing_else_happens()
    {
        await AppendAsync("order-1", 2);
        await using var subscription = await Events.SubscribeAsync(Name, new() { CheckpointEvery = int.MaxValue, CheckpointAfter = TimeSpan.FromMilliseconds(10) }, Ct);
        var events = await subscription.TakeAsync(2);
        await subscription.AckAsync(events[0], Ct);

        await CheckpointReachesAsync(events[0].Position);
        Assert.Equal(events[0].Position, await CheckpointAsync());
    }

    [Fact]
    public async Task It_is_not_written_before_its_time_and_on_stop_in_any_case()
    {
        await AppendAsync("order-1", 5);
        var subscription = await Events.SubscribeAsync(Name, Never, Ct);
        var events = await subscription.TakeAsync(5);
        await subscription.AckAsync(events[2], Ct);
        Assert.Equal(0, await CheckpointAsync());

        await subscription.DisposeAsync();
        Assert.Equal(events[2].Position, await CheckpointAsync());
        Assert.Equal(1, await Database.ScalarAsync<long>("SELECT count(*) FROM {subscriptions} WHERE owner IS NULL"));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task They_are_written_too_when_the_process_stops_without_disposing_of_its_subscriptions(bool isHosted)
    {
        await AppendAsync("order-1", 5);
        var process = Process();
        if (isHosted)
            await process.Host.StartAsync(Ct);

        var consumers = new List<IEventSubscription>();
        for (var index = 0; index < 10; index++)
        {
            consumers.Add(await process.Events.SubscribeAsync($"many-{index}", Never, Ct));
            await consumers[index].AckAsync((await consumers[index].TakeAsync(5))[2], Ct);
        }

        if (isHosted)
        {
            await process.Host.StopAsync(Ct);
            await Assert.ThrowsAsync<ObjectDisposedException>(() => process.Events.SubscribeAsync(Name, null, Ct));
        }
        else
        {
            await EndAsync(process);
        }

        Assert.Empty(await consumers[0].ReadBatchesAsync(Ct).ToListAsync(Ct));
        Assert.DoesNotContain(process.Log.Lines, line => line.Level >= LogLevel.Warning);
        Assert.Equal((await ReadAllAsync())[2].Position, await CheckpointAsync());
        Assert.Equal(0, await Database.ScalarAsync<long>("SELECT count(*) FROM {subscriptions} WHERE owner IS NOT NULL"));
    }

    [Theory]
    [InlineData("filter")]
    [InlineData("selector")]
    public async Task Events_that_nobody_wants_count_as_finished(string means)
    {
        var options = new ConsumerOptions { CheckpointAfter = TimeSpan.FromMilliseconds(10) };
        if (means == "filter")
            options.Filter = EventFilter.Types("specification-numbered");
        else
            options.Selector = @event => @event.EventType == "specification-numbered";

        var stored = await AppendNotesAsync();
        await using var subscription = await Events.SubscribeAsync(Name, options, Ct);
        await CheckpointReachesAsync(stored);
        await CheckpointReachesAsync(await AppendNotesAsync());

        // But not beyond one that is not finished.
        var wanted = await AppendAsync("order-1", 1);
        var last = await AppendNotesAsync();
        var @event = Assert.Single(await subscription.TakeAsync(1));
        await CheckpointReachesAsync(wanted.LastPosition - 1);
        Assert.InRange(await CheckpointAsync(), 0, wanted.LastPosition - 1);
        await subscription.AckAsync(@event, Ct);
        await CheckpointReachesAsync(last);

        async Task<long> AppendNotesAsync()
        {
            var appended = await Events.AppendManyAsync("notes", ExpectedVersion.Any, [.. Enumerable.Range(1, 5).Select(_ => new NewEvent(new Noted("nobody's")))], Ct);
            return appended.LastPosition;
        }
    }

    [Fact]
    public async Task With_several_consumers_it_moves_only_over_what_all_before_it_have_finished()
    {
        var options = new ConsumerOptions { MaxConsumers = 2, BatchSize = 1, CheckpointEvery = 1 };
        var slow = await Events.SubscribeAsync(Name, options, Ct);
        var quick = await Events.SubscribeAsync(Name, options, Ct);
        var held = await AppendAsync("held", 1);
        Assert.Equal(held.LastPosition, Assert.Single(await slow.TakeAsync(1)).Position);
        await AppendAsync("flowing", 5);
        await quick.HandleAsync(5);

        Assert.Equal(0, await CheckpointAsync());
        await quick.DisposeAsync();
        Assert.Equal(0, await CheckpointAsync());
        await slow.DisposeAsync();
        Assert.Equal(held.LastPosition - 1, await CheckpointAsync());

        // At least once: what was finished beyond it comes again.
        await using var next = await Events.SubscribeAsync(Name, null, Ct);
        Assert.Equal([1, 1, 2, 3, 4, 5], (await next.HandleAsync(6)).Numbers());
    }
}
