namespace EventStore.EF.Specification;

/// <summary>What a consumer of a durable subscription is delivered.</summary>
public abstract class ConsumerBatchSpecification(StoreFixture fixture) : RunningSuite(fixture)
{
    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    [InlineData(100)]
    public async Task A_batch_holds_events_of_one_stream_and_one_correlation_id_in_order_and_never_more_than_its_size(int size)
    {
        const int Runs = 24;
        await AppendRunsAsync(0, Runs / 2);
        await using var subscription = await Events.SubscribeAsync(Name, new() { BatchSize = size }, Ct);
        await AppendRunsAsync(Runs / 2, Runs);

        var stored = await ReadAllAsync();
        var batches = new List<EventBatch>();
        while (batches.Sum(batch => batch.Events.Count) < stored.Count)
            batches.Add(await subscription.NextAsync());

        Assert.Equal(stored.Select(@event => @event.EventId), batches.SelectMany(batch => batch.Events).Select(@event => @event.EventId));
        Assert.All(batches, batch =>
        {
            Assert.InRange(batch.Events.Count, 1, size);
            Assert.All(batch.Events, @event => Assert.Equal((batch.StreamName, batch.CorrelationId), (@event.StreamName, @event.CorrelationId)));
        });

        // Otherwise batches of one would keep the rule too.
        Assert.Contains(batches, batch => batch.Events.Count == Math.Min(size, 7));

        async Task AppendRunsAsync(int first, int end)
        {
            Guid?[] correlations = [null, Correlated(1), Correlated(2)];
            for (var run = first; run < end; run++)
            {
                var events = Enumerable.Range(1, (run % 7) + 1).Select(number => new NewEvent(new Numbered(number)) { CorrelationId = correlations[run % 3] });
                await Events.AppendManyAsync($"stream-{run / 2 % 4}", ExpectedVersion.Any, [.. events], Ct);
            }
        }
    }

    [Fact]
    public async Task Consecutive_appends_of_one_stream_and_one_correlation_id_come_together()
    {
        for (var number = 1; number <= 5; number++)
            await AppendAsync("order-1", 1, number);
        await Events.AppendManyAsync("order-1", ExpectedVersion.Any, [new NewEvent(new Numbered(6)) { CorrelationId = Correlated(1) }], Ct);
        await using var subscription = await Events.SubscribeAsync(Name, null, Ct);

        Assert.Equal([1, 2, 3, 4, 5], (await subscription.NextAsync()).Events.Numbers());
        Assert.Equal([6], (await subscription.NextAsync()).Events.Numbers());
    }

    [Fact]
    public async Task What_is_stored_and_what_comes_live_is_delivered_once_and_in_order_while_many_append_at_once()
    {
        await AtOnceAsync(4, async caller => await AppendAsync($"before-{caller}", 50));
        var appending = AtOnceAsync(4, async caller =>
        {
            for (var number = 1; number <= 50; number++)
                await AppendAsync($"during-{caller}", 1, number);
            return caller;
        });
        await using var subscription = await Events.SubscribeAsync(Name, new() { PageSize = 7, BufferSize = 10, BatchSize = 3 }, Ct);
        var handled = await subscription.HandleAsync(400);
        await appending;

        Assert.Equal((await ReadAllAsync()).Select(@event => @event.EventId), handled.Select(@event => @event.EventId));
    }

    [Fact]
    public async Task An_enumeration_that_ends_loses_nothing_and_a_later_one_goes_on_with_the_next_batch()
    {
        await AppendAsync("order-1", 6);
        await using var subscription = await Events.SubscribeAsync(Name, new() { BatchSize = 2 }, Ct);
        using var ending = CancellationTokenSource.CreateLinkedTokenSource(Ct);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () =>
        {
            await foreach (var batch in subscription.ReadBatchesAsync(ending.Token))
            {
                Assert.Equal([1, 2], batch.Events.Numbers());
                await ending.CancelAsync();
            }
        });

        await foreach (var batch in subscription.ReadBatchesAsync(Ct))
        {
            Assert.Equal([3, 4], batch.Events.Numbers());
            break;
        }

        Assert.Equal([5, 6], (await subscription.NextAsync()).Events.Numbers());
    }

    [Fact]
    public async Task Reading_ends_quietly_when_the_subscription_is_disposed_of()
    {
        await AppendAsync("order-1", 2);
        var subscription = await Events.SubscribeAsync(Name, null, Ct);
        var (first, reading) = (new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously), 0);
        var ended = Task.Run(async () =>
        {
            await foreach (var batch in subscription.ReadBatchesAsync(Ct))
            {
                reading += batch.Events.Count;
                first.TrySetResult();
            }
        }, Ct);
        await first.Task.WaitAsync(TimeSpan.FromSeconds(30), Ct);
        await subscription.DisposeAsync();
        await ended.WaitAsync(TimeSpan.FromSeconds(30), Ct);

        Assert.Equal(2, reading);
        await subscription.DisposeAsync();
    }

    [Fact]
    public async Task It_has_its_name_and_tells_what_it_is_doing()
    {
        await AppendAsync("order-1", 10);
        await using var subscription = await Events.SubscribeAsync(Name, new() { BufferSize = 1, PageSize = 1 }, Ct);
        Assert.Equal(Name, subscription.Name);
        await subscription.TakeAsync(1);
        Assert.Equal(EventSubscriptionStatus.CatchingUp, subscription.Status);

        await subscription.AckAsync((await ReadAllAsync())[0], Ct);
        await subscription.HandleAsync(9);
        await UntilAsync(() => subscription.Status is EventSubscriptionStatus.Live);
    }

    [Fact]
    public async Task Options_that_are_changed_after_subscribing_mean_nothing()
    {
        var options = new ConsumerOptions { BatchSize = 2 };
        await using var subscription = await Events.SubscribeAsync(Name, options, Ct);
        (options.BatchSize, options.Filter, options.Selector) = (100, EventFilter.Types("specification-noted"), _ => false);
        await AppendAsync("order-1", 4);

        Assert.Equal([1, 2], (await subscription.NextAsync()).Events.Numbers());
        Assert.Equal([3, 4], (await subscription.NextAsync()).Events.Numbers());
    }

    [Fact]
    public async Task Options_out_of_range_are_refused_by_name()
    {
        await AssertRefusedAsync(nameof(SubscriptionOptions.BatchSize), options => options.BatchSize = 0);
        await AssertRefusedAsync(nameof(SubscriptionOptions.BatchSize), options => options.BatchSize = 10_001);
        await AssertRefusedAsync(nameof(SubscriptionOptions.BufferSize), options => options.BufferSize = 0);
        await AssertRefusedAsync(nameof(SubscriptionOptions.PageSize), options => options.PageSize = 0);
        await AssertRefusedAsync(nameof(SubscriptionOptions.MaxConsumers), options => options.MaxConsumers = 0);
        await AssertRefusedAsync(nameof(SubscriptionOptions.Partitions), options => options.Partitions = 0);
        await AssertRefusedAsync(nameof(SubscriptionOptions.Partitions), options => options.Partitions = 1001);
        await AssertRefusedAsync(nameof(SubscriptionOptions.CheckpointAfter), options => options.CheckpointAfter = TimeSpan.FromMilliseconds(9));
        await AssertRefusedAsync(nameof(SubscriptionOptions.Filter), options => options.Filter = null!);
        await Assert.ThrowsAnyAsync<ArgumentException>(() => Events.SubscribeAsync(default, null, Ct));
        Assert.Equal(0, await Database.ScalarAsync<long>("SELECT count(*) FROM {subscriptions}"));

        async Task AssertRefusedAsync(string option, Action<ConsumerOptions> configure)
        {
            var options = new ConsumerOptions();
            configure(options);
            Assert.Equal(option, (await Assert.ThrowsAsync<ArgumentOutOfRangeException>(() => Events.SubscribeAsync(Name, options, Ct))).ParamName);
            Assert.Equal(option, (await Assert.ThrowsAsync<ArgumentOutOfRangeException>(() => Events.SubscribeTransientAsync(options, Ct))).ParamName);
        }
    }

    private static Guid Correlated(byte number) => new(number, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0);
}
