using System.Diagnostics;

namespace EventStore.EF.Specification;

/// <summary>Pausing, resuming, rewinding and deleting from one process what runs in another.</summary>
public abstract class RunningAdministrationSpecification(StoreFixture fixture) : RunningSuite(fixture)
{
    /// <summary>A second by promise; the rest is for a busy machine. A lease is as long as an hour here, and so is the polling interval.</summary>
    private static readonly TimeSpan Soon = TimeSpan.FromSeconds(4);

    private ISubscriptionAdministration Administration => Events.Subscriptions;

    [Fact]
    public async Task A_paused_handler_finishes_what_it_is_about_and_gets_nothing_more_until_it_is_resumed()
    {
        var (recorder, goOn) = (new Recorder(), new TaskCompletionSource());
        var isHandling = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        recorder.OnHandling = async (context, ct) =>
        {
            if (context.StreamVersion != 3)
                return;

            isHandling.TrySetResult();
            await goOn.Task.WaitAsync(ct);
        };
        var owner = await HostAsync(recorder);
        await AppendAsync("order-1", 20);
        await isHandling.Task.WaitAsync(TimeSpan.FromSeconds(30), Ct);
        await WithinAsync(Soon, async () =>
        {
            await PauseAsync(owner);
            Assert.Equal(SubscriptionStatus.Paused, (await Administration.FindAsync(Name, ct: Ct))!.Status);
            goOn.SetResult();
            await GivenBackAsync();
        });

        Assert.Equal([1L, 2L, 3L], recorder.Handled.Select(context => context.StreamVersion));
        Assert.Equal(recorder.Positions[^1], await CheckpointAsync("orders"));
        await AppendAsync("order-1", 1, first: 21);
        Assert.Equal(3, recorder.Handled.Count);

        await Administration.ResumeAsync(Name, ct: Ct);
        await recorder.WaitForAsync(21, Ct);
        Assert.Equal(Enumerable.Range(1, 21), recorder.Handled.Select(context => (int)context.StreamVersion));
    }

    [Fact]
    public async Task A_paused_consumer_may_finish_what_it_has_and_gets_nothing_more_until_it_is_resumed()
    {
        await AppendAsync("order-1", 6);
        await using var subscription = await Owner().SubscribeAsync(Name, new() { BatchSize = 2, BufferSize = 4 }, Ct);
        var taken = await subscription.TakeAsync(4);
        await Administration.PauseAsync(Name, ct: Ct);
        await UntilAsync(() => subscription.Status is EventSubscriptionStatus.Paused);
        await subscription.AckAsync(taken[1], Ct);
        await subscription.AssertNothingAsync(async () => await AppendAsync("order-1", 1, first: 7));
        await subscription.AckAsync(taken[3], Ct);
        await GivenBackAsync();
        Assert.Equal(taken[3].Position, await CheckpointAsync());
        await UntilAsync(() => subscription.Status is EventSubscriptionStatus.Paused);
        await subscription.AssertNothingAsync(async () => await AppendAsync("order-1", 1, first: 8));

        await Administration.ResumeAsync(Name, ct: Ct);
        Assert.Equal([5, 6, 7, 8], (await subscription.HandleAsync(4)).Numbers());
    }

    [Fact]
    public async Task A_pause_outlives_processes_and_keeps_stand_bys_and_new_ones_out()
    {
        var (first, second) = (new Recorder(), new Recorder());
        var owner = await HostAsync(first);
        await AppendAsync("order-1", 2);
        await first.WaitForAsync(2, Ct);
        await HostAsync(second);
        await Administration.PauseAsync(Name, ct: Ct);
        await GivenBackAsync();
        await EndAsync(owner);
        await AppendAsync("order-1", 1, first: 3);
        var third = new Recorder();
        await HostAsync(third);
        await UntilAsync(async () => (await Administration.FindAsync(Name, ct: Ct))!.Status is SubscriptionStatus.Paused);
        Assert.Empty(second.Handled.Concat(third.Handled));

        await Administration.ResumeAsync(Name, ct: Ct);
        await UntilAsync(() => second.Handled.Count + third.Handled.Count == 1);
        Assert.Equal(3, Assert.Single(second.Handled.Concat(third.Handled)).StreamVersion);
    }

    [Fact]
    public async Task Who_subscribes_to_a_paused_subscription_waits_until_it_is_resumed()
    {
        await AppendAsync("order-1", 2);
        await using (var first = await Events.SubscribeAsync(Name, new() { BatchSize = 1 }, Ct))
            await first.HandleAsync(1);
        await Administration.PauseAsync(Name, ct: Ct);
        await using var subscription = await Owner().SubscribeAsync(Name, null, Ct);
        await UntilAsync(() => subscription.Status is EventSubscriptionStatus.Paused);
        await subscription.AssertNothingAsync(async () => await AppendAsync("order-1", 1, first: 3));

        await Administration.ResumeAsync(Name, ct: Ct);
        Assert.Equal([2, 3], (await subscription.HandleAsync(2)).Numbers());
    }

    [Fact]
    public async Task A_pause_does_not_wait_for_the_next_attempt_at_a_failing_event()
    {
        var recorder = new Recorder { OnHandling = (_, _) => throw new InvalidOperationException("always") };
        await HostAsync(recorder, options =>
        {
            options.RetryDelay = TimeSpan.FromHours(1);
            options.MaxRetryDelay = TimeSpan.FromHours(2);
        });
        await AppendAsync("order-1", 2);
        await UntilAsync(async () => (await Administration.FindAsync(Name, ct: Ct)) is { LastError: not null });
        await Administration.PauseAsync(Name, ct: Ct);
        await WithinAsync(Soon, GivenBackAsync);

        recorder.OnHandling = null;
        await Administration.ResumeAsync(Name, ct: Ct);
        await recorder.WaitForAsync(2, Ct);
        Assert.Equal([1L, 2L], recorder.Handled.Select(context => context.StreamVersion));
    }

    [Fact]
    public async Task A_handler_that_fails_for_the_last_time_while_it_is_being_paused_is_parked_and_the_pause_goes_through()
    {
        var (isHandling, goOn) = (new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously), new TaskCompletionSource());
        var recorder = new Recorder();
        recorder.OnHandling = async (context, ct) =>
        {
            isHandling.TrySetResult();
            await goOn.Task.WaitAsync(ct);
            if (context.StreamName == "failing")
                throw new InvalidOperationException("always");
        };
        var owner = await HostAsync(recorder, options => options.MaxAttempts = 1);
        await AppendAsync("failing", 1);
        await AppendAsync("order-1", 1);
        await isHandling.Task.WaitAsync(TimeSpan.FromSeconds(30), Ct);
        await PauseAsync(owner);
        goOn.SetResult();
        await WithinAsync(Soon, GivenBackAsync);

        await Administration.ResumeAsync(Name, ct: Ct);
        await recorder.WaitForAsync(1, Ct);
        await UntilAsync(async () => (await Administration.FindAsync(Name, ct: Ct))!.ParkedCount == 1);
        Assert.Equal("order-1", Assert.Single(recorder.Handled).StreamName.Value);
    }

    [Fact]
    public async Task A_rewound_subscription_goes_on_from_its_new_place_wherever_it_runs()
    {
        var recorder = new Recorder();
        await HostAsync(recorder);
        await AppendAsync("order-1", 5);
        await recorder.WaitForAsync(5, Ct);
        var third = recorder.Positions[2];
        await Administration.RewindAsync(Name, third, ParkedEventHandling.Keep, ct: Ct);
        await recorder.WaitForAsync(7, Ct);
        await Administration.RewindAsync(Name, 0, ParkedEventHandling.Keep, ct: Ct);
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
            await Administration.RewindAsync(Name, batch.Events[0].Position, ParkedEventHandling.Keep, ct: Ct);

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
        await Administration.RewindAsync(Name, 0, ParkedEventHandling.Keep, ct: Ct);
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
        await Administration.RewindAsync(Name, 0, ParkedEventHandling.Keep, ct: Ct);
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
            await Administration.DeleteAsync(Name, ct: Ct);
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
        await Administration.DeleteAsync(Name, ct: Ct);
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
        await Administration.RewindAsync("other", 0, ParkedEventHandling.Discard, ct: Ct);
        await Administration.DeleteAsync(Name, "order-1", Ct);
        await stream.EndsWithAsync<SubscriptionDeletedException>();
        await Administration.DeleteAsync("other", ct: Ct);
        await other.EndsWithAsync<SubscriptionDeletedException>();
        await AppendAsync("order-1", 1, first: 3);

        Assert.Equal([3], (await all.HandleAsync(1)).Numbers());
    }

    [Fact]
    public async Task What_an_owner_is_told_in_a_row_ends_as_the_last_of_it_says()
    {
        var recorder = new Recorder();
        await HostAsync(recorder);
        await AppendAsync("order-1", 1);
        await recorder.WaitForAsync(1, Ct);
        for (var round = 0; round < 10; round++)
        {
            await Administration.PauseAsync(Name, ct: Ct);
            await Administration.ResumeAsync(Name, ct: Ct);
            await AppendAsync("order-1", 1, first: round + 2);
        }

        await recorder.WaitForAsync(11, Ct);
        Assert.Equal(Enumerable.Range(1, 11), recorder.Handled.Select(context => (int)context.StreamVersion));
    }

    /// <inheritdoc/>
    protected override void Configure(EventStoreBuilder builder)
    {
        base.Configure(builder);
        builder.Configure(options => options.LeaseDuration = TimeSpan.FromHours(1));
    }

    /// <summary>Pauses, and returns when the owner's process knows it: it looks at all that it has in one statement.</summary>
    private async Task PauseAsync(TestStore owner)
    {
        await using var told = await owner.Events.SubscribeAsync("told", null, Ct);
        await Administration.PauseAsync(Name, ct: Ct);
        await Administration.PauseAsync("told", ct: Ct);
        await UntilAsync(() => told.Status is EventSubscriptionStatus.Paused);
    }

    private IEventStore Owner() => Process().Events;

    private Task GivenBackAsync() => UntilAsync(
        async () => await Database.ScalarAsync<long>("SELECT count(*) FROM {subscriptions} WHERE name = 'orders' AND owner IS NOT NULL") == 0);

    private static async Task WithinAsync(TimeSpan time, Func<Task> work)
    {
        var began = Stopwatch.GetTimestamp();
        await work();
        Assert.InRange(Stopwatch.GetElapsedTime(began), TimeSpan.Zero, time);
    }
}
