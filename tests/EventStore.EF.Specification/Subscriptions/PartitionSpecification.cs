using EventStore.EF.Subscriptions.Definitions;

namespace EventStore.EF.Specification;

/// <summary>Subscriptions whose work is divided into partitions, within a process and among several.</summary>
public abstract class PartitionSpecification(StoreFixture fixture) : RunningSuite(fixture)
{
    private const int Streams = 12;
    private const int Each = 10;

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(7)]
    public async Task Each_event_is_delivered_by_one_partition_and_each_key_in_order(int partitions)
    {
        await AppendAllAsync(1, Each / 2);
        await using var subscription = await Events.SubscribeAsync(Name, new() { Partitions = partitions, BatchSize = 3 }, Ct);
        await AppendAllAsync((Each / 2) + 1, Each);
        AssertComplete((await subscription.HandleAsync(Streams * Each)).Select(@event => (@event.StreamName.Value, @event.As<Numbered>().Number)));

        await subscription.DisposeAsync();
        Assert.Equal(partitions, await Database.ScalarAsync<int>("SELECT count(*) FROM {subscriptions}"));

        // What a partition leaves to others counts as finished in it.
        Assert.Equal((await ReadAllAsync())[^1].Position, await CheckpointAsync());
    }

    [Fact]
    public async Task An_ack_of_an_event_counts_in_its_own_partition_only()
    {
        await AppendAllAsync(1, 1);
        await using (var subscription = await Events.SubscribeAsync(Name, new() { Partitions = 3, BatchSize = 1 }, Ct))
        {
            var events = await subscription.TakeAsync(Streams);
            foreach (var @event in events.Where(@event => PartitionOf(@event) == 1))
                await subscription.AckAsync(@event, Ct);
        }

        var stored = await ReadAllAsync();
        await using var again = await Events.SubscribeAsync(Name, new() { Partitions = 3, BatchSize = 1 }, Ct);
        var open = stored.Where(@event => PartitionOf(@event) != 1).ToArray();
        Assert.InRange(open.Length, 1, Streams - 1);
        Assert.Equal(open.Select(@event => @event.Position), (await again.TakeAsync(open.Length)).Select(@event => @event.Position).Order());
    }

    [Fact]
    public async Task What_nothing_partitions_is_spread_and_delivered_once()
    {
        await AppendAllAsync(1, Each);
        await using var subscription = await Events.SubscribeAsync(Name, new() { Partitions = 4, PartitionBy = _ => null, BatchSize = 5 }, Ct);
        var handled = await subscription.HandleAsync(Streams * Each);

        Assert.Equal((await ReadAllAsync()).Select(@event => @event.Position), handled.Select(@event => @event.Position).Order());
    }

    [Fact]
    public async Task A_stream_s_events_are_divided_by_a_key_of_the_application_s()
    {
        await using var subscription = await Events.SubscribeAsync(
            Name, new() { Stream = "order-1", Partitions = 3, PartitionBy = @event => $"key-{@event.As<Numbered>().Number % 5}" }, Ct);
        await AppendAsync("order-1", 50);
        var handled = await subscription.HandleAsync(50);

        foreach (var key in handled.GroupBy(@event => @event.As<Numbered>().Number % 5))
            Assert.Equal(key.Select(@event => @event.Number).Order(), key.Select(@event => @event.Number));
        Assert.Equal(Enumerable.Range(1, 50), handled.Numbers().Order());
    }

    [Fact]
    public async Task Another_number_of_partitions_than_it_was_made_with_is_refused()
    {
        await using (await Events.SubscribeAsync(Name, new() { Partitions = 3 }, Ct))
        {
        }

        var refused = await Assert.ThrowsAsync<InvalidOperationException>(() => Events.SubscribeAsync(Name, new() { Partitions = 2 }, Ct));
        Assert.Contains("3 partitions", refused.Message, StringComparison.Ordinal);
        await using var subscription = await Events.SubscribeAsync(Name, new() { Partitions = 3 }, Ct);
    }

    [Fact]
    public async Task Processes_share_the_partitions_hand_them_over_when_they_stop_and_handle_each_key_in_order()
    {
        var handled = new List<(string Process, string Stream, int Number)>();
        var processes = new Dictionary<string, TestStore>();
        await StartAsync("first");
        await AppendAllAsync(1, 2);
        await StartAsync("second");
        await OwnersAsync(3, 3);
        await AppendAllAsync(3, 5);
        await StartAsync("third");
        await OwnersAsync(2, 2, 2);
        await AppendAllAsync(6, 7);
        await HandledAsync(7);
        Assert.Equal(["first", "second", "third"], handled.Where(one => one.Number > 5).Select(one => one.Process).Distinct().Order());

        await EndAsync(processes["first"]);
        await OwnersAsync(3, 3);
        await AppendAllAsync(8, Each);
        await HandledAsync(Each);
        AssertComplete(handled.Select(one => (one.Stream, one.Number)));

        async Task StartAsync(string name)
        {
            var recorder = new Recorder
            {
                OnHandling = (context, _) =>
                {
                    lock (handled)
                        handled.Add((name, context.StreamName.Value, context.Event.As<Numbered>().Number));
                    return Task.CompletedTask;
                },
            };
            processes[name] = await HostAsync(recorder, options => options.Partitions = 6);
        }

        Task HandledAsync(int each) => UntilAsync(() =>
        {
            lock (handled)
                return handled.Count >= Streams * each;
        });

        Task OwnersAsync(params int[] shares) => UntilAsync(async () =>
        {
            var info = await Events.Subscriptions.FindAsync(Name, cancellationToken: Ct);
            var owned = info!.Partitions.Where(partition => partition.Owner is not null).GroupBy(partition => partition.Owner).Select(group => group.Count());
            return shares.SequenceEqual(owned.Order());
        });
    }

    [Fact]
    public async Task A_consumer_of_several_partitions_stands_by_where_another_process_has_them_and_loses_nothing_when_it_gets_some()
    {
        await AppendAllAsync(1, 2);
        var first = await Events.SubscribeAsync(Name, new() { Partitions = 4, StandBy = true, BatchSize = 1 }, Ct);
        await first.HandleAsync(Streams * 2);
        await using var second = await Process().Events.SubscribeAsync(Name, new() { Partitions = 4, StandBy = true, BatchSize = 1 }, Ct);
        var handled = new List<(string, int)>();
        using var stopping = CancellationTokenSource.CreateLinkedTokenSource(Ct);
        var working = new[] { WorkAsync(first), WorkAsync(second) };
        for (var number = 3; number <= Each; number++)
            await AppendAllAsync(number, number);
        await UntilAsync(() => Count() >= Streams * (Each - 2));
        await stopping.CancelAsync();
        await Task.WhenAll(working);

        AssertComplete([.. Enumerable.Range(0, Streams).SelectMany(stream => new[] { ($"order-{stream}", 1), ($"order-{stream}", 2) }), .. handled]);
        await first.DisposeAsync();

        int Count()
        {
            lock (handled)
                return handled.Count;
        }

        async Task WorkAsync(IEventSubscription subscription)
        {
            await Task.Yield();
            try
            {
                await foreach (var batch in subscription.ReadBatchesAsync(stopping.Token))
                {
                    lock (handled)
                        handled.AddRange(batch.Events.Select(@event => (@event.StreamName.Value, @event.As<Numbered>().Number)));
                    await subscription.AckAsync(batch, Ct);
                }
            }
            catch (OperationCanceledException) when (stopping.IsCancellationRequested)
            {
                // All is handled.
            }
        }
    }

    private static int PartitionOf(RecordedEvent @event) => PartitionKey.PartitionOf(@event.StreamName.Value, @event.Number, 3);

    private async Task AppendAllAsync(int first, int last)
    {
        for (var number = first; number <= last; number++)
        {
            for (var stream = 0; stream < Streams; stream++)
                await AppendAsync($"order-{stream}", 1, number);
        }
    }

    private static void AssertComplete(IEnumerable<(string Stream, int Number)> handled)
    {
        var keys = handled.GroupBy(one => one.Stream).ToArray();
        Assert.Equal(Streams, keys.Length);
        Assert.All(keys, key => Assert.Equal(Enumerable.Range(1, Each), key.Select(one => one.Number)));
    }
}
