namespace EventStore.EF.Specification;

/// <summary>Rewinding and deleting from one process what runs in another.</summary>
public abstract class RunningAdministrationSpecification(StoreFixture fixture) : SteeringSuite(fixture)
{
    [Fact]
    public async Task A_rewound_subscription_goes_on_from_its_new_place_wherever_it_runs()
    {
        var recorder = new Recorder();
        await HostAsync(recorder);
        await AppendAsync("order-1", 5);
        await recorder.WaitForAsync(5, Ct);
        var third = recorder.Positions[2];
        await Administration.RewindAsync(Name, third, ParkedEventHandling.Keep, cancellationToken: Ct);
        await recorder.WaitForAsync(7, Ct);
        await Administration.RewindAsync(Name, 0, ParkedEventHandling.Keep, cancellationToken: Ct);
        await recorder.WaitForAsync(12, Ct);
        await AppendAsync("order-1", 1, first: 6);
        await recorder.WaitForAsync(13, Ct);

        Assert.Equal([1, 2, 3, 4, 5, 4, 5, 1, 2, 3, 4, 5, 6], recorder.Handled.Select(context => (int)context.StreamVersion));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task What_was_delivered_before_a_rewind_and_is_acknowledged_after_it_counts_for_nothing(bool byBatch)
    {
        await AppendAsync("order-1", 5);
        await using (var subscription = await Owner().SubscribeAsync(Name, new() { BatchSize = 5, CheckpointEvery = 1 }, Ct))
        {
            var batch = await subscription.NextAsync();
            await subscription.AckAsync(batch.Events[2], Ct);
            await CheckpointReachesAsync(batch.Events[2].Position);
            await Administration.RewindAsync(Name, batch.Events[0].Position, ParkedEventHandling.Keep, cancellationToken: Ct);

            // Taken anew by now, and sent again; but this consumer holds what it got before.
            await UntilAsync(async () => await Database.ScalarAsync<long>("SELECT count(*) FROM {subscriptions} WHERE owner IS NOT NULL AND epoch > 2") == 1);
            await UntilAsync(() => subscription.Status is EventSubscriptionStatus.Live);
            if (byBatch)
                await subscription.AckAsync(batch, Ct);
            else
                await subscription.AckAsync(batch.Events[^1], Ct);
        }

        Assert.Equal((await ReadAllAsync())[0].Position, await CheckpointAsync());
        await using var next = await Events.SubscribeAsync(Name, null, Ct);
        Assert.Equal([2, 3, 4, 5], (await next.TakeAsync(4)).Numbers());
    }

    [Fact]
    public async Task A_rewound_consumer_is_delivered_the_events_again()
    {
        await AppendAsync("order-1", 5);
        await using var subscription = await Owner().SubscribeAsync(Name, new() { BatchSize = 1 }, Ct);
        await subscription.HandleAsync(4);
        await Administration.RewindAsync(Name, 0, ParkedEventHandling.Keep, cancellationToken: Ct);
        await UntilAsync(async () => await Database.ScalarAsync<long>("SELECT count(*) FROM {subscriptions} WHERE owner IS NOT NULL AND epoch > 2") == 1);

        Assert.Equal([1, 2, 3, 4, 5], (await subscription.HandleAsync(5)).Numbers());
    }

    [Fact]
    public async Task A_rewind_interrupts_a_handler_that_is_at_work()
    {
        var (isHandling, interrupted) = (new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously), new TaskCompletionSource());
        var recorder = new Recorder();
        recorder.OnHandling = async (context, ct) =>
        {
            if (context.StreamVersion != 2 || interrupted.Task.IsCompleted)
                return;

            isHandling.TrySetResult();
            try
            {
                await new TaskCompletionSource().Task.WaitAsync(ct);
            }
            finally
            {
                interrupted.TrySetResult();
            }
        };
        await HostAsync(recorder);
        await AppendAsync("order-1", 3);
        await isHandling.Task.WaitAsync(TimeSpan.FromSeconds(30), Ct);
        await Administration.RewindAsync(Name, 0, ParkedEventHandling.Keep, cancellationToken: Ct);
        await interrupted.Task.WaitAsync(TimeSpan.FromSeconds(30), Ct);
        await recorder.WaitForAsync(4, Ct);

        Assert.Equal([1L, 1L, 2L, 3L], recorder.Handled.Select(context => context.StreamVersion));
    }

    [Fact]
    public async Task A_deleted_subscription_ends_at_its_consumer_with_an_exception_that_says_so()
    {
        await AppendAsync("order-1", 3);
        await using var subscription = await Owner().SubscribeAsync(Name, new() { BatchSize = 1 }, Ct);
        var batch = await subscription.NextAsync();
        await WithinAsync(Soon, async () =>
        {
            await Administration.DeleteAsync(Name, cancellationToken: Ct);
            Assert.Equal(Name, (await subscription.EndsWithAsync<SubscriptionDeletedException>()).Name);
        });
        await Assert.ThrowsAsync<SubscriptionDeletedException>(async () => await subscription.AckAsync(batch, Ct));

        Assert.Equal(0, await Database.ScalarAsync<long>("SELECT count(*) FROM {subscriptions}"));
        await using var anew = await Events.SubscribeAsync(Name, null, Ct);
        Assert.Equal([1, 2, 3], (await anew.HandleAsync(3)).Numbers());
    }

    [Fact]
    public async Task A_deleted_subscription_ends_in_the_host_too_and_is_made_anew_by_the_next_start_only()
    {
        var (first, second, again) = (new Recorder(), new Recorder(), new Recorder());
        var owner = await HostAsync(first);
        await AppendAsync("order-1", 2);
        await first.WaitForAsync(2, Ct);
        var standby = await HostAsync(second);
        await standby.Log.WaitForAsync(line => line.Message.Contains("stands by", StringComparison.Ordinal), Ct);
        await Administration.DeleteAsync(Name, cancellationToken: Ct);
        await owner.Log.WaitForAsync(line => line.Message.Contains("was deleted", StringComparison.Ordinal), Ct);
        await standby.Log.WaitForAsync(line => line.Message.Contains("was deleted", StringComparison.Ordinal), Ct);
        await AppendAsync("order-1", 1, first: 3);
        Assert.Equal(0, await Database.ScalarAsync<long>("SELECT count(*) FROM {subscriptions}"));

        await HostAsync(again);
        await again.WaitForAsync(3, Ct);
        Assert.Equal((2, 0), (first.Handled.Count, second.Handled.Count));
    }

    [Fact]
    public async Task Whatever_is_done_to_one_subscription_concerns_no_other()
    {
        await AppendAsync("order-1", 2);
        await using var all = await Owner().SubscribeAsync(Name, null, Ct);
        await using var stream = await Owner().SubscribeAsync(Name, new() { Stream = "order-1" }, Ct);
        await using var other = await Owner().SubscribeAsync("other", null, Ct);
        await all.HandleAsync(2);
        await Administration.PauseAsync(Name, "order-1", Ct);
        await Administration.RewindAsync("other", 0, ParkedEventHandling.Discard, cancellationToken: Ct);
        await Administration.DeleteAsync(Name, "order-1", Ct);
        await stream.EndsWithAsync<SubscriptionDeletedException>();
        await Administration.DeleteAsync("other", cancellationToken: Ct);
        await other.EndsWithAsync<SubscriptionDeletedException>();
        await AppendAsync("order-1", 1, first: 3);

        Assert.Equal([3], (await all.HandleAsync(1)).Numbers());
    }
}
