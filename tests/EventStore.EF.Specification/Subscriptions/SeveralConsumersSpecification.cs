namespace EventStore.EF.Specification;

/// <summary>Several consumers of one subscription in one process.</summary>
public abstract class SeveralConsumersSpecification(StoreFixture fixture) : RunningSuite(fixture)
{
    [Fact]
    public async Task A_consumer_that_joins_with_other_options_is_refused_and_told_which_differ()
    {
        var prefix = "order-";
        ConsumerOptions Same() => new() { MaxConsumers = 3, BatchSize = 1, Start = SubscriptionStart.Origin, Selector = @event => @event.StreamName.Value.StartsWith(prefix, StringComparison.Ordinal) };
        await using var first = await Events.SubscribeAsync(Name, Same(), Ct);
        var other = Same();
        (other.BatchSize, other.Filter, other.Selector) = (2, EventFilter.StreamPrefix("order-"), null);
        var refused = await Assert.ThrowsAsync<InvalidOperationException>(() => Events.SubscribeAsync(Name, other, Ct));
        Assert.Contains("Filter, Selector, BatchSize differ", refused.Message, StringComparison.Ordinal);
        Assert.Contains("MaxConsumers differs", (await Assert.ThrowsAsync<InvalidOperationException>(() => Events.SubscribeAsync(Name, With(4), Ct))).Message, StringComparison.Ordinal);

        // The same options said once more, and what is the default said or not, are no difference.
        var same = Same();
        same.Start = null;
        await using var second = await Events.SubscribeAsync(Name, same, Ct);

        ConsumerOptions With(int maxConsumers)
        {
            var options = Same();
            options.MaxConsumers = maxConsumers;
            return options;
        }
    }

    [Fact]
    public async Task The_least_recently_served_gets_the_next_event()
    {
        var consumers = await SubscribeAsync(3, new() { BatchSize = 1, PartitionBy = _ => null });
        await AppendAsync("order-1", 9);

        // In turn, whoever acknowledges how quickly.
        for (var round = 0; round < 3; round++)
        {
            for (var turn = 0; turn < 3; turn++)
                Assert.Equal([(3 * round) + turn + 1], (await consumers[turn].TakeAsync(1)).Numbers());
        }

        foreach (var consumer in consumers)
            await consumer.AssertNothingAsync(() => Task.CompletedTask);
    }

    [Fact]
    public async Task Who_has_no_room_is_passed_over_and_is_next_when_it_has()
    {
        var consumers = await SubscribeAsync(2, new() { BatchSize = 1, BufferSize = 1, PartitionBy = _ => null });
        await AppendAsync("order-1", 6);
        var first = Assert.Single(await consumers[0].TakeAsync(1));
        Assert.Equal([2, 3, 4], (await consumers[1].HandleAsync(3)).Numbers());
        Assert.Equal([5], (await consumers[1].TakeAsync(1)).Numbers());
        await consumers[0].AckAsync(first, Ct);
        Assert.Equal([6], (await consumers[0].HandleAsync(1)).Numbers());
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(5)]
    public async Task Events_of_one_key_go_to_one_consumer_at_a_time_and_in_order(int buffer)
    {
        var consumers = await SubscribeAsync(2, new() { BufferSize = buffer, BatchSize = 1 });
        await AppendAsync("order-1", 1);
        var first = Assert.Single(await consumers[0].TakeAsync(1));
        await AppendAsync("order-1", 4, first: 2);
        await AppendAsync("order-2", 1, first: 10);

        // The other one gets nothing of the key, though it has room and nothing to do.
        Assert.Equal([10], (await consumers[1].HandleAsync(1)).Numbers());
        await consumers[1].AssertNothingAsync(() => Task.CompletedTask);
        Assert.Equal(Enumerable.Range(2, buffer - 1 < 4 ? buffer - 1 : 4), (await consumers[0].TakeAsync(buffer - 1 < 4 ? buffer - 1 : 4)).Numbers());
        await consumers[0].AckAsync(first, Ct);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(5)]
    public async Task What_a_consumer_that_leaves_has_not_acknowledged_goes_to_others_in_order(int buffer)
    {
        var consumers = await SubscribeAsync(2, new() { BufferSize = buffer, BatchSize = 2 });
        await AppendAsync("order-1", 8);
        await consumers[0].TakeAsync(buffer);
        await AppendAsync("order-1", 2, first: 9);
        await consumers[0].DisposeAsync();

        Assert.Equal(Enumerable.Range(1, 10), (await consumers[1].HandleAsync(10)).Numbers());
    }

    [Fact]
    public async Task What_the_leaving_consumer_has_acknowledged_is_not_delivered_again()
    {
        var consumers = await SubscribeAsync(2, new() { BatchSize = 1 });
        await AppendAsync("order-1", 5);
        var taken = await consumers[0].TakeAsync(5);
        await consumers[0].AckAsync(taken[2], Ct);
        await consumers[0].DisposeAsync();

        Assert.Equal([4, 5], (await consumers[1].HandleAsync(2)).Numbers());
    }

    [Fact]
    public async Task One_that_joins_later_gets_its_share_and_more_than_allowed_are_refused()
    {
        var options = new ConsumerOptions { MaxConsumers = 2, BatchSize = 1, BufferSize = 1, PartitionBy = _ => null };
        await using var first = await Events.SubscribeAsync(Name, options, Ct);
        await AppendAsync("order-1", 4);
        await first.TakeAsync(1);
        await using var second = await Events.SubscribeAsync(Name, options, Ct);
        Assert.Equal([2], (await second.TakeAsync(1)).Numbers());

        await Assert.ThrowsAsync<SubscriptionAlreadyActiveException>(() => Events.SubscribeAsync(Name, options, Ct));
        await first.DisposeAsync();
        await using var third = await Events.SubscribeAsync(Name, options, Ct);
        Assert.Equal([1], (await third.TakeAsync(1)).Numbers());
    }

    [Theory]
    [InlineData(2, 1)]
    [InlineData(3, 5)]
    [InlineData(3, 1000)]
    public async Task Whoever_comes_and_goes_every_event_is_handled_and_each_key_in_order(int consumers, int buffer)
    {
        const int Streams = 6, Each = 40;
        var options = new ConsumerOptions { MaxConsumers = consumers, BufferSize = buffer, BatchSize = 4, PageSize = 10, CheckpointEvery = 7 };
        var handled = new List<(string Stream, int Number)>();
        var acknowledged = new HashSet<long>();
        var done = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var random = new Random(consumers * buffer);
        var joined = await Task.WhenAll(Enumerable.Range(0, consumers).Select(_ => Events.SubscribeAsync(Name, options, Ct)));
        var working = joined.Select((consumer, index) => Task.Run(() => WorkAsync(consumer, index), Ct)).ToArray();
        for (var number = 1; number <= Each; number++)
        {
            for (var stream = 0; stream < Streams; stream++)
                await AppendAsync($"order-{stream}", 1, number);
        }

        await done.Task.WaitAsync(TimeSpan.FromSeconds(60), Ct);
        foreach (var consumer in joined)
            await consumer.DisposeAsync();
        await Task.WhenAll(working);

        foreach (var key in handled.GroupBy(one => one.Stream))
            Assert.Equal(Enumerable.Range(1, Each), key.Select(one => one.Number).Distinct());
        Assert.Equal(Streams, handled.Select(one => one.Stream).Distinct().Count());
        Assert.Equal((await ReadAllAsync())[^1].Position, await CheckpointAsync());

        async Task WorkAsync(IEventSubscription consumer, int index)
        {
            for (var taken = 0; ; taken++)
            {
                var isLeaving = false;
                await foreach (var batch in consumer.ReadBatchesAsync(Ct))
                {
                    // One of them leaves now and then with what it has, and another comes in its place.
                    if (isLeaving = index == 0 && taken < 5 && Next(3) == 0)
                        break;

                    foreach (var @event in batch.Events)
                    {
                        lock (handled)
                            handled.Add((@event.StreamName.Value, @event.As<Numbered>().Number));
                        if (Next(2) == 0)
                            await consumer.AckAsync(@event, Ct);
                    }

                    await consumer.AckAsync(batch, Ct);
                    lock (handled)
                    {
                        acknowledged.UnionWith(batch.Events.Select(@event => @event.Position));
                        if (acknowledged.Count == Streams * Each)
                            done.TrySetResult();
                    }
                }

                if (!isLeaving)
                    return;

                await consumer.DisposeAsync();
                consumer = joined[index] = await Events.SubscribeAsync(Name, options, Ct);
                if (done.Task.IsCompleted)
                    await consumer.DisposeAsync();
            }
        }

        int Next(int end)
        {
            lock (random)
                return random.Next(end);
        }
    }

    [Fact]
    public async Task Handlers_of_the_host_run_as_often_at_once_as_is_allowed_and_each_key_in_order()
    {
        var (recorder, together) = (new Recorder(), new Barrier());
        recorder.OnHandling = (context, ct) => context.StreamVersion == 1 ? together.ArriveAsync(3, ct) : Task.CompletedTask;
        await HostAsync(recorder, options => options.MaxConsumers = 3);
        for (var number = 1; number <= 10; number++)
        {
            for (var stream = 0; stream < 3; stream++)
                await AppendAsync($"order-{stream}", 1, number);
        }

        await recorder.WaitForAsync(30, Ct);
        foreach (var key in recorder.Handled.GroupBy(context => context.StreamName))
            Assert.Equal(Enumerable.Range(1, 10), key.Select(context => context.Event.As<Numbered>().Number));
    }

    private async Task<IEventSubscription[]> SubscribeAsync(int consumers, ConsumerOptions options)
    {
        options.MaxConsumers = consumers;
        var joined = new List<IEventSubscription>();
        for (var index = 0; index < consumers; index++)
            joined.Add(await Events.SubscribeAsync(Name, options, Ct));

        await UntilAsync(() => joined[0].Status is EventSubscriptionStatus.Live);
        return [.. joined];
    }

    /// <summary>Lets nobody on before so many have come.</summary>
    private sealed class Barrier
    {
        private readonly TaskCompletionSource _all = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private int _arrived;

        public Task ArriveAsync(int expected, CancellationToken ct)
        {
            if (Interlocked.Increment(ref _arrived) == expected)
                _all.SetResult();

            return _all.Task.WaitAsync(TimeSpan.FromSeconds(30), ct);
        }
    }
}
