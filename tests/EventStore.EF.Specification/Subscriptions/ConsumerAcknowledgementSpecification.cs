namespace EventStore.EF.Specification;

/// <summary>What acknowledgements do: whatever was delivered to the consumer before is finished with them, and nothing else.</summary>
public abstract class ConsumerAcknowledgementSpecification(StoreFixture fixture) : RunningSuite(fixture)
{
    [Fact]
    public async Task An_ack_of_an_event_acknowledges_all_that_was_delivered_before_it_and_none_after()
    {
        await AppendAsync("order-1", 10);
        await using (var subscription = await Events.SubscribeAsync(Name, new() { BatchSize = 4 }, Ct))
        {
            var events = await subscription.TakeAsync(10);
            await subscription.AckAsync(events[6], Ct);
        }

        await AssertNextAsync(8, 9, 10);
    }

    [Fact]
    public async Task An_ack_of_a_batch_acknowledges_the_batches_before_it_too()
    {
        await AppendAsync("order-1", 10);
        await using (var subscription = await Events.SubscribeAsync(Name, new() { BatchSize = 3 }, Ct))
        {
            await subscription.NextAsync();
            var second = await subscription.NextAsync();
            await subscription.NextAsync();
            await subscription.AckAsync(second, Ct);
        }

        await AssertNextAsync(7, 8, 9, 10);
    }

    [Fact]
    public async Task What_is_delivered_and_not_acknowledged_is_delivered_again_after_the_next_start_also_in_another_process()
    {
        await AppendAsync("order-1", 3);
        for (var round = 0; round < 2; round++)
        {
            await using var subscription = await Events.SubscribeAsync(Name, null, Ct);
            Assert.Equal([1, 2, 3], (await subscription.TakeAsync(3)).Numbers());
        }

        await using var elsewhere = await Process().Events.SubscribeAsync(Name, null, Ct);
        Assert.Equal([1, 2, 3], (await elsewhere.HandleAsync(3)).Numbers());
    }

    [Fact]
    public async Task An_older_ack_and_a_repeated_one_do_nothing()
    {
        await AppendAsync("order-1", 6);
        await using (var subscription = await Events.SubscribeAsync(Name, new() { BatchSize = 2, CheckpointEvery = 1 }, Ct))
        {
            var first = await subscription.NextAsync();
            var second = await subscription.NextAsync();
            await subscription.NextAsync();
            await subscription.AckAsync(second, Ct);
            await CheckpointReachesAsync(second.Events[^1].Position);
            foreach (var batch in (EventBatch[])[first, second, first])
            {
                await subscription.AckAsync(batch, Ct);
                await subscription.AckAsync(batch.Events[0], Ct);
            }
        }

        Assert.Equal((await ReadAllAsync())[3].Position, await CheckpointAsync());
        await AssertNextAsync(5, 6);
    }

    [Fact]
    public async Task An_ack_of_what_was_never_delivered_is_refused_and_changes_nothing()
    {
        await AppendAsync("order-1", 6);
        var stored = await ReadAllAsync();
        await using (var subscription = await Events.SubscribeAsync(Name, new() { BufferSize = 3 }, Ct))
        {
            await subscription.TakeAsync(3);
            await AssertRefusedAsync(() => subscription.AckAsync(stored[3], Ct));
            await AssertRefusedAsync(() => subscription.AckAsync(stored[5], Ct));
            await subscription.AckAsync(stored[0], Ct);
            await AssertRefusedAsync(() => subscription.AckAsync(stored[5], Ct));
        }

        await AssertNextAsync(2, 3, 4, 5, 6);
    }

    [Fact]
    public async Task An_ack_of_what_was_filtered_out_is_refused()
    {
        await Events.AppendAsync("notes", ExpectedVersion.Any, new Noted("nobody's"), cancellationToken: Ct);
        await AppendAsync("order-1", 1);
        await Events.AppendAsync("notes", ExpectedVersion.Any, new Noted("nobody's"), cancellationToken: Ct);
        await using var subscription = await Events.SubscribeAsync(Name, new() { Filter = EventFilter.Types("specification-numbered") }, Ct);
        await subscription.TakeAsync(1);
        await AssertRefusedAsync(async () => await subscription.AckAsync((await ReadAllAsync())[2], Ct));
    }

    [Fact]
    public async Task A_batch_of_somebody_else_is_refused_and_changes_nothing()
    {
        await AppendAsync("order-1", 4);
        await using (var subscription = await Events.SubscribeAsync(Name, new() { BatchSize = 2 }, Ct))
        await using (var other = await Events.SubscribeAsync("other", new() { BatchSize = 2 }, Ct))
        {
            var batch = await subscription.NextAsync();
            var others = await other.NextAsync();
            await AssertRefusedAsync(() => subscription.AckAsync(others, Ct));
            await AssertRefusedAsync(() => other.AckAsync(batch, Ct));
            await AssertRefusedAsync(() => subscription.AckAsync(new EventBatch(batch.Events), Ct));
        }

        await AssertNextAsync(1, 2, 3, 4);
    }

    [Fact]
    public async Task An_event_or_batch_of_another_consumer_of_the_subscription_is_refused()
    {
        var options = new ConsumerOptions { MaxConsumers = 2, BatchSize = 1 };
        await using var first = await Events.SubscribeAsync(Name, options, Ct);
        await using var second = await Events.SubscribeAsync(Name, options, Ct);
        await AppendAsync("order-1", 1);
        await AppendAsync("order-2", 1);
        var ofFirst = await first.NextAsync();
        var ofSecond = await second.NextAsync();

        await AssertRefusedAsync(() => first.AckAsync(ofSecond, Ct));
        await AssertRefusedAsync(() => second.AckAsync(ofFirst, Ct));
        await AssertRefusedAsync(() => first.AckAsync(ofSecond.Events[0], Ct));
        await AssertRefusedAsync(() => second.AckAsync(ofFirst.Events[0], Ct));
        await first.AckAsync(ofFirst, Ct);
        await second.AckAsync(ofSecond.Events[0], Ct);
    }

    [Fact]
    public async Task A_repeated_ack_does_nothing_either_while_another_consumer_has_an_earlier_event()
    {
        var options = new ConsumerOptions { MaxConsumers = 2, BatchSize = 1 };
        await using (var slow = await Events.SubscribeAsync(Name, options, Ct))
        await using (var quick = await Events.SubscribeAsync(Name, options, Ct))
        {
            await AppendAsync("held", 1);
            var held = Assert.Single(await slow.TakeAsync(1));
            await AppendAsync("flowing", 3);
            var batches = new List<EventBatch>();
            for (var index = 0; index < 3; index++)
            {
                batches.Add(await quick.NextAsync());
                await quick.AckAsync(batches[index], Ct);
            }

            foreach (var batch in batches)
            {
                await quick.AckAsync(batch, Ct);
                await quick.AckAsync(batch.Events[0], Ct);
            }

            await slow.AckAsync(held, Ct);
        }

        Assert.Equal((await ReadAllAsync())[^1].Position, await CheckpointAsync());
    }

    [Fact]
    public async Task Null_is_refused()
    {
        await using var subscription = await Events.SubscribeAsync(Name, null, Ct);
        await Assert.ThrowsAsync<ArgumentNullException>(async () => await subscription.AckAsync((EventBatch)null!, Ct));
        await Assert.ThrowsAsync<ArgumentNullException>(async () => await subscription.AckAsync((RecordedEvent)null!, Ct));
        await Assert.ThrowsAsync<ArgumentNullException>(() => subscription.ParkAsync(null!, "error", Ct));
    }

    [Fact]
    public async Task Acks_of_several_threads_at_once_lose_nothing()
    {
        await AppendAsync("order-1", 200);
        await using (var subscription = await Events.SubscribeAsync(Name, new() { BatchSize = 5, CheckpointEvery = 3 }, Ct))
        {
            var events = await subscription.TakeAsync(200);
            var outcomes = await AtOnceAsync(8, async thread =>
            {
                for (var index = thread; index < 190; index += 8)
                    await subscription.AckAsync(events[index], Ct);
                return thread;
            });
            Assert.All(outcomes, outcome => Assert.Null(outcome.Exception));
        }

        await AssertNextAsync([.. Enumerable.Range(191, 10)]);
    }

    /// <summary>Asserts what a new consumer is delivered first, and nothing before it.</summary>
    private async Task AssertNextAsync(params int[] numbers)
    {
        await using var next = await Events.SubscribeAsync(Name, new() { BatchSize = 100 }, Ct);
        Assert.Equal(numbers, (await next.TakeAsync(numbers.Length)).Numbers());
    }

    private static async Task AssertRefusedAsync(Func<ValueTask> ack) => await Assert.ThrowsAsync<ArgumentException>(async () => await ack());
}
