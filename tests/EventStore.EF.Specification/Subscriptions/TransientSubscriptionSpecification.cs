namespace EventStore.EF.Specification;

/// <summary>Subscriptions without row, lease and checkpoint.</summary>
public abstract class TransientSubscriptionSpecification(StoreFixture fixture) : RunningSuite(fixture)
{
    [Fact]
    public async Task It_writes_nothing()
    {
        await using (var subscription = await Events.SubscribeTransientAsync(new() { CheckpointEvery = 1 }, Ct))
        {
            await AppendAsync("order-1", 5);
            await subscription.HandleAsync(5);
        }

        Assert.Equal(0, await Database.ScalarAsync<long>("SELECT count(*) FROM {subscriptions}"));
        Assert.Empty(await Events.Subscriptions.ListAsync(Ct).ToListAsync(Ct));
    }

    [Fact]
    public async Task Any_number_run_at_once_in_all_processes_and_each_gets_everything()
    {
        var processes = new[] { Process(), Process() };
        var subscriptions = new List<IEventSubscription>();
        foreach (var process in processes)
        {
            subscriptions.Add(await process.Events.SubscribeTransientAsync(null, Ct));
            subscriptions.Add(await process.Events.SubscribeTransientAsync(null, Ct));
        }

        await AppendAsync("order-1", 3);
        foreach (var subscription in subscriptions)
            Assert.Equal([1, 2, 3], (await subscription.HandleAsync(3)).Numbers());
        Assert.Equal(4, subscriptions.Select(subscription => subscription.Name).Distinct().Count());
    }

    [Fact]
    public async Task It_delivers_as_durable_ones_do_in_batches_with_acks_and_a_bounded_buffer()
    {
        await AppendAsync("order-1", 8);
        await using var witness = await Events.SubscribeTransientAsync(null, Ct);
        await using var subscription = await Events.SubscribeTransientAsync(new() { Start = SubscriptionStart.Origin, BufferSize = 3, BatchSize = 2, PageSize = 1 }, Ct);
        var events = await subscription.TakeAsync(3);
        await subscription.AssertNothingAsync(async () => await witness.HandleThroughAsync((await AppendAsync("order-2", 1, first: 9)).LastPosition));
        await Assert.ThrowsAsync<ArgumentException>(async () => await subscription.AckAsync((await ReadAllAsync())[5], Ct));
        await subscription.AckAsync(events[1], Ct);
        await subscription.AckAsync(events[0], Ct);
        Assert.Equal([4, 5], (await subscription.TakeAsync(2)).Numbers());
        await subscription.AckAsync((await ReadAllAsync())[4], Ct);
        Assert.Equal([6, 7, 8, 9], (await subscription.HandleAsync(4)).Numbers());
    }

    [Fact]
    public async Task What_only_durable_ones_can_is_refused()
    {
        await Assert.ThrowsAsync<ArgumentOutOfRangeException>(() => Events.SubscribeTransientAsync(new() { Partitions = 2 }, Ct));
        await AppendAsync("order-1", 1);
        await using var subscription = await Events.SubscribeTransientAsync(new() { Start = SubscriptionStart.Origin }, Ct);
        var @event = Assert.Single(await subscription.TakeAsync(1));
        await Assert.ThrowsAsync<InvalidOperationException>(() => subscription.ParkAsync(@event, "no place for it", Ct));
    }

    [Fact]
    public async Task It_ends_with_its_process_and_quietly()
    {
        var process = Process();
        var subscription = await process.Events.SubscribeTransientAsync(null, Ct);
        await AppendAsync("order-1", 1);
        await subscription.HandleAsync(1);
        var ended = Task.Run(async () => await subscription.ReadBatchesAsync(Ct).ToListAsync(Ct), Ct);
        await EndAsync(process);

        Assert.Empty(await ended.WaitAsync(TimeSpan.FromSeconds(30), Ct));
        await subscription.DisposeAsync();
    }

    [Fact]
    public async Task A_thousand_that_come_and_go_leave_nothing_behind()
    {
        await using var witness = await Events.SubscribeTransientAsync(null, Ct);
        for (var round = 0; round < 1000; round++)
        {
            await using var subscription = await Events.SubscribeTransientAsync(null, Ct);
            if (round % 100 != 0)
                continue;

            await AppendAsync("order-1", 1, round);
            Assert.Equal([round], (await subscription.HandleAsync(1)).Numbers());
        }

        await witness.HandleAsync(10);
    }
}
