namespace EventStore.EF.Specification;

/// <summary>Waiting until a running subscription has handled one's own events.</summary>
public abstract class RunningWaitSpecification(StoreFixture fixture) : RunningSuite(fixture)
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private readonly Recorder _recorder = new();

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    public async Task In_its_process_it_returns_when_the_handler_has_and_before_any_checkpoint(int partitions)
    {
        var process = await HostAsync(_recorder, options =>
        {
            (options.CheckpointEvery, options.CheckpointAfter) = (int.MaxValue, TimeSpan.FromHours(1));
            options.Partitions = partitions;
        });
        for (var number = 1; number <= 20; number++)
        {
            var appended = await process.Events.AppendManyAsync($"order-{number}", ExpectedVersion.Any, Numbered(2), Ct);
            await process.Events.Subscriptions.WaitForAsync(Name, appended.LastPosition, Patience, cancellationToken: Ct);
            Assert.Contains(appended.LastPosition, _recorder.Positions);
        }

        Assert.Equal(0, await CheckpointAsync());
    }

    [Fact]
    public async Task From_another_process_it_returns_when_the_checkpoint_is_written()
    {
        await HostAsync(_recorder, options => options.CheckpointAfter = TimeSpan.FromMilliseconds(10));
        await UntilAsync(async () => await Events.Subscriptions.FindAsync(Name, cancellationToken: Ct) is not null);
        for (var number = 1; number <= 3; number++)
        {
            var appended = await AppendAsync($"order-{number}", 2);
            await Events.Subscriptions.WaitForAsync(Name, appended.LastPosition, Patience, cancellationToken: Ct);
            Assert.Contains(appended.LastPosition, _recorder.Positions);
            Assert.InRange(await CheckpointAsync(), appended.LastPosition, long.MaxValue);
        }
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task What_is_handled_is_finished_while_the_handler_takes_its_time_with_the_next_event(bool fails)
    {
        var goOn = new TaskCompletionSource();
        _recorder.OnHandling = (context, ct) => context.StreamVersion < 4 ? Task.CompletedTask
            : fails ? throw new InvalidOperationException("Try again.")
            : goOn.Task.WaitAsync(ct);
        var appended = await AppendAsync("order-1", 5);
        var process = await HostAsync(_recorder, options => options.RetryDelay = options.MaxRetryDelay = TimeSpan.FromHours(1));
        await process.Events.Subscriptions.WaitForAsync(Name, appended.LastPosition - 2, Patience, cancellationToken: Ct);
        await Assert.ThrowsAsync<SubscriptionTimeoutException>(() => process.Events.Subscriptions.WaitForAsync(Name, appended.LastPosition - 1, TimeSpan.FromMilliseconds(50), cancellationToken: Ct));
        goOn.SetResult();
    }

    [Fact]
    public async Task It_waits_as_long_as_the_handler_takes_and_no_longer_than_it_is_told()
    {
        var goOn = new TaskCompletionSource();
        _recorder.OnHandling = (_, ct) => goOn.Task.WaitAsync(ct);
        var process = await HostAsync(_recorder);
        var appended = await process.Events.AppendManyAsync("order-1", ExpectedVersion.Any, Numbered(2), Ct);
        await UntilAsync(async () => await Events.Subscriptions.FindAsync(Name, cancellationToken: Ct) is not null);
        await Assert.ThrowsAsync<SubscriptionTimeoutException>(() => process.Events.Subscriptions.WaitForAsync(Name, appended.LastPosition, TimeSpan.FromMilliseconds(50), cancellationToken: Ct));
        await Assert.ThrowsAsync<SubscriptionTimeoutException>(() => Events.Subscriptions.WaitForAsync(Name, appended.LastPosition, TimeSpan.FromMilliseconds(50), cancellationToken: Ct));
        var waiting = process.Events.Subscriptions.WaitForAsync(Name, appended.LastPosition, Timeout.InfiniteTimeSpan, cancellationToken: Ct);
        Assert.False(waiting.IsCompleted);
        goOn.SetResult();
        await waiting.WaitAsync(Patience, Ct);
        Assert.Equal(2, _recorder.Handled.Count);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_parked_event_is_told_while_it_is_waited_for_and_others_are_passed(bool isSameProcess)
    {
        var goOn = new TaskCompletionSource();
        _recorder.OnHandling = async (context, ct) =>
        {
            if (context.StreamName != "bad")
                return;

            await goOn.Task.WaitAsync(ct);
            throw new InvalidOperationException("poison");
        };
        var process = await HostAsync(_recorder, options => (options.MaxAttempts, options.CheckpointAfter) = (1, TimeSpan.FromMilliseconds(10)));
        var administration = (isSameProcess ? process.Events : Events).Subscriptions;
        await UntilAsync(async () => await Events.Subscriptions.FindAsync(Name, cancellationToken: Ct) is not null);
        var bad = await AppendAsync("bad", 2);
        var good = await AppendAsync("good", 1);
        var waiting = administration.WaitForAsync(Name, bad.FirstPosition, Patience, cancellationToken: Ct);
        goOn.SetResult();

        var parked = await Assert.ThrowsAsync<EventParkedException>(() => waiting);
        Assert.Equal((Name, bad.FirstPosition, "bad"), (parked.Name, parked.Position, parked.Key));
        Assert.Contains("poison", parked.Error, StringComparison.Ordinal);
        await administration.WaitForAsync(Name, good.LastPosition, Patience, cancellationToken: Ct);
        Assert.Null((await Assert.ThrowsAsync<EventParkedException>(() => administration.WaitForAsync(Name, bad.LastPosition, Patience, cancellationToken: Ct))).Error);
    }

    [Fact]
    public async Task It_waits_through_a_pause_a_rewind_and_a_change_of_owner()
    {
        var first = await HostAsync(_recorder);
        await AppendAsync("order-1", 3);
        await _recorder.WaitForAsync(3, Ct);
        await Events.Subscriptions.PauseAsync(Name, cancellationToken: Ct);
        await UntilAsync(async () => (await Events.Subscriptions.FindAsync(Name, cancellationToken: Ct))!.Partitions[0].Owner is null);
        var appended = await AppendAsync("order-1", 1, first: 4);
        var waiting = Events.Subscriptions.WaitForAsync(Name, appended.LastPosition, Patience, cancellationToken: Ct);
        await Events.Subscriptions.RewindAsync(Name, 0, ParkedEventHandling.Keep, cancellationToken: Ct);
        await EndAsync(first);
        await HostAsync(_recorder);
        Assert.False(waiting.IsCompleted);
        await Events.Subscriptions.ResumeAsync(Name, cancellationToken: Ct);
        await waiting;

        Assert.Equal(3 + 4, _recorder.Handled.Count);
    }

    [Fact]
    public async Task An_event_that_nobody_handles_counts_as_finished()
    {
        var process = await HostAsync(_recorder);
        var note = await process.Events.AppendAsync("notes", ExpectedVersion.Any, new Noted("nobody's"), cancellationToken: Ct);
        await process.Events.Subscriptions.WaitForAsync(Name, note.LastPosition, Patience, cancellationToken: Ct);
    }

    [Fact]
    public async Task In_a_stream_it_waits_for_a_number()
    {
        var process = await HostAsync(_recorder, options => options.Stream = "order-1");
        await AppendAsync("other", 10);
        var appended = await process.Events.AppendManyAsync("order-1", ExpectedVersion.Any, Numbered(3), Ct);
        await process.Events.Subscriptions.WaitForAsync(Name, appended.StreamVersion, Patience, "order-1", Ct);
        Assert.Equal([1L, 2L, 3L], _recorder.Handled.Select(context => context.StreamVersion));
    }
}
