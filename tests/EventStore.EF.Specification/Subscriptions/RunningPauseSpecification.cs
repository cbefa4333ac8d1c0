namespace EventStore.EF.Specification;

/// <summary>Pausing and resuming from one process what runs in another.</summary>
public abstract class RunningPauseSpecification(StoreFixture fixture) : SteeringSuite(fixture)
{
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
            Assert.Equal(SubscriptionStatus.Paused, (await Administration.FindAsync(Name, cancellationToken: Ct))!.Status);
            goOn.SetResult();
            await GivenBackAsync();
        });

        Assert.Equal([1L, 2L, 3L], recorder.Handled.Select(context => context.StreamVersion));
        Assert.Equal(recorder.Positions[^1], await CheckpointAsync("orders"));
        await AppendAsync("order-1", 1, first: 21);
        Assert.Equal(3, recorder.Handled.Count);

        await Administration.ResumeAsync(Name, cancellationToken: Ct);
        await recorder.WaitForAsync(21, Ct);
        Assert.Equal(Enumerable.Range(1, 21), recorder.Handled.Select(context => (int)context.StreamVersion));
    }

    [Fact]
    public async Task A_paused_consumer_may_finish_what_it_has_and_gets_nothing_more_until_it_is_resumed()
    {
        await AppendAsync("order-1", 6);
        await using var subscription = await Owner().SubscribeAsync(Name, new() { BatchSize = 2, BufferSize = 4 }, Ct);
        var taken = await subscription.TakeAsync(4);
        await Administration.PauseAsync(Name, cancellationToken: Ct);
        await UntilAsync(() => subscription.Status is EventSubscriptionStatus.Paused);
        await subscription.AckAsync(taken[1], Ct);
        await subscription.AssertNothingAsync(async () => await AppendAsync("order-1", 1, first: 7));
        await subscription.AckAsync(taken[3], Ct);
        await GivenBackAsync();
        Assert.Equal(taken[3].Position, await CheckpointAsync());
        await UntilAsync(() => subscription.Status is EventSubscriptionStatus.Paused);
        await subscription.AssertNothingAsync(async () => await AppendAsync("order-1", 1, first: 8));

        await Administration.ResumeAsync(Name, cancellationToken: Ct);
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
        await Administration.PauseAsync(Name, cancellationToken: Ct);
        await GivenBackAsync();
        await EndAsync(owner);
        await AppendAsync("order-1", 1, first: 3);
        var third = new Recorder();
        await HostAsync(third);
        await UntilAsync(async () => (await Administration.FindAsync(Name, cancellationToken: Ct))!.Status is SubscriptionStatus.Paused);
        Assert.Empty(second.Handled.Concat(third.Handled));

        await Administration.ResumeAsync(Name, cancellationToken: Ct);
        await UntilAsync(() => second.Handled.Count + third.Handled.Count == 1);
        Assert.Equal(3, Assert.Single(second.Handled.Concat(third.Handled)).StreamVersion);
    }

    [Fact]
    public async Task Who_subscribes_to_a_paused_subscription_waits_until_it_is_resumed()
    {
        await AppendAsync("order-1", 2);
        await using (var first = await Events.SubscribeAsync(Name, new() { BatchSize = 1 }, Ct))
            await first.HandleAsync(1);
        await Administration.PauseAsync(Name, cancellationToken: Ct);
        await using var subscription = await Owner().SubscribeAsync(Name, null, Ct);
        await UntilAsync(() => subscription.Status is EventSubscriptionStatus.Paused);
        await subscription.AssertNothingAsync(async () => await AppendAsync("order-1", 1, first: 3));

        await Administration.ResumeAsync(Name, cancellationToken: Ct);
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
        await UntilAsync(async () => (await Administration.FindAsync(Name, cancellationToken: Ct)) is { LastError: not null });
        await Administration.PauseAsync(Name, cancellationToken: Ct);
        await WithinAsync(Soon, GivenBackAsync);

        recorder.OnHandling = null;
        await Administration.ResumeAsync(Name, cancellationToken: Ct);
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

        await Administration.ResumeAsync(Name, cancellationToken: Ct);
        await recorder.WaitForAsync(1, Ct);
        await UntilAsync(async () => (await Administration.FindAsync(Name, cancellationToken: Ct))!.ParkedCount == 1);
        Assert.Equal("order-1", Assert.Single(recorder.Handled).StreamName.Value);
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
            await Administration.PauseAsync(Name, cancellationToken: Ct);
            await Administration.ResumeAsync(Name, cancellationToken: Ct);
            await AppendAsync("order-1", 1, first: round + 2);
        }

        await recorder.WaitForAsync(11, Ct);
        Assert.Equal(Enumerable.Range(1, 11), recorder.Handled.Select(context => (int)context.StreamVersion));
    }
}
