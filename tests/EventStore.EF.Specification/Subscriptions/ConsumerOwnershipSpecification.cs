namespace EventStore.EF.Specification;

/// <summary>One process works on a subscription at a time; others are refused, or wait.</summary>
public abstract class ConsumerOwnershipSpecification(StoreFixture fixture) : RunningSuite(fixture)
{
    [Fact]
    public async Task A_second_process_is_refused_and_told_who_has_it()
    {
        await using var owner = await Events.SubscribeAsync(Name, null, Ct);
        var refused = await Assert.ThrowsAsync<SubscriptionAlreadyActiveException>(() => Process().Events.SubscribeAsync(Name, null, Ct));

        var stored = await Database.ScalarAsync<string>("SELECT owner FROM {subscriptions}");
        Assert.Equal((Name, stored), (refused.Name, refused.Owner));
        Assert.Contains(stored, refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Who_has_subscribed_does_not_stand_by_and_who_stands_by_can_wait_until_it_owns_the_subscription()
    {
        var owner = await Events.SubscribeAsync(Name, null, Ct);
        Assert.Equal(EventSubscriptionStatus.CatchingUp, owner.Status is EventSubscriptionStatus.Live ? EventSubscriptionStatus.CatchingUp : owner.Status);
        await owner.WaitUntilActiveAsync(Ct);

        var next = await Process().Events.SubscribeAsync(Name, new() { StandBy = true }, Ct);
        var waiting = next.WaitUntilActiveAsync(Ct);
        using var cancelling = new CancellationTokenSource();
        var cancelled = next.WaitUntilActiveAsync(cancelling.Token);
        await cancelling.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => cancelled);
        Assert.Equal((EventSubscriptionStatus.StandingBy, false), (next.Status, waiting.IsCompleted));

        await owner.DisposeAsync();
        await waiting.WaitAsync(TimeSpan.FromSeconds(30), Ct);
        Assert.NotEqual(EventSubscriptionStatus.StandingBy, next.Status);
        await Assert.ThrowsAsync<ObjectDisposedException>(() => owner.WaitUntilActiveAsync(Ct));
        await next.DisposeAsync();
        await using var transient = await Events.SubscribeTransientAsync(cancellationToken: Ct);
        await transient.WaitUntilActiveAsync(Ct);
    }

    [Fact]
    public async Task A_second_consumer_of_the_same_process_is_refused_where_one_is_all_that_is_allowed()
    {
        await using var owner = await Events.SubscribeAsync(Name, null, Ct);
        Assert.Equal(Name, (await Assert.ThrowsAsync<SubscriptionAlreadyActiveException>(() => Events.SubscribeAsync(Name, null, Ct))).Name);

        // Who was refused is not in the way of what comes.
        await AppendAsync("order-1", 2);
        Assert.Equal([1, 2], (await owner.HandleAsync(2)).Numbers());
    }

    [Fact]
    public async Task Subscriptions_of_other_names_and_of_other_streams_are_others()
    {
        await using var all = await Events.SubscribeAsync(Name, null, Ct);
        await using var named = await Events.SubscribeAsync("other", null, Ct);
        await using var one = await Process().Events.SubscribeAsync(Name, new() { Stream = "order-1" }, Ct);
        await using var two = await Events.SubscribeAsync(Name, new() { Stream = "order-2" }, Ct);
        await AppendAsync("order-1", 1);
        await AppendAsync("order-2", 1, first: 2);

        Assert.Equal([1, 2], (await all.HandleAsync(2)).Numbers());
        Assert.Equal([1, 2], (await named.HandleAsync(2)).Numbers());
        Assert.Equal([1], (await one.HandleAsync(1)).Numbers());
        Assert.Equal([2], (await two.HandleAsync(1)).Numbers());
    }

    [Fact]
    public async Task Of_many_processes_that_subscribe_at_once_one_is_let_in()
    {
        var processes = Enumerable.Range(0, 5).Select(_ => Process()).ToArray();
        var outcomes = await AtOnceAsync(processes.Length, index => processes[index].Events.SubscribeAsync(Name, null, Ct));

        Assert.All(outcomes.Where(outcome => outcome.Exception is not null), outcome => Assert.IsType<SubscriptionAlreadyActiveException>(outcome.Exception));
        await using var owner = Assert.Single(outcomes, outcome => outcome.Result is not null).Result!;
        await AppendAsync("order-1", 1);
        await owner.HandleAsync(1);
    }

    [Fact]
    public async Task Of_many_callers_of_one_process_that_subscribe_at_once_one_is_let_in_and_none_ends_without_a_word()
    {
        var outcomes = await AtOnceAsync(8, _ => Events.SubscribeAsync(Name, null, Ct));

        Assert.All(outcomes.Where(outcome => outcome.Exception is not null), outcome => Assert.IsType<SubscriptionAlreadyActiveException>(outcome.Exception));
        await using var owner = Assert.Single(outcomes, outcome => outcome.Result is not null).Result!;
        await AppendAsync("order-1", 1);
        await owner.HandleAsync(1);
    }

    [Fact]
    public async Task Several_consumers_that_join_while_the_subscription_is_refused_are_refused_too()
    {
        await using var owner = await Process().Events.SubscribeAsync(Name, null, Ct);
        var outcomes = await AtOnceAsync(8, _ => Events.SubscribeAsync(Name, new() { MaxConsumers = 8 }, Ct));

        Assert.All(outcomes, outcome => Assert.IsType<SubscriptionAlreadyActiveException>(outcome.Exception));
    }

    [Fact]
    public async Task A_stand_by_waits_and_takes_over_at_once_when_the_owner_is_disposed_of()
    {
        await AppendAsync("order-1", 4);
        var owner = await Events.SubscribeAsync(Name, new() { BatchSize = 1 }, Ct);
        await owner.HandleAsync(2);
        await using var standby = await Process().Events.SubscribeAsync(Name, new() { StandBy = true }, Ct);
        Assert.Equal(EventSubscriptionStatus.StandingBy, standby.Status);
        await standby.AssertNothingAsync(async () => await AppendAsync("order-1", 1, first: 5));

        await owner.DisposeAsync();
        Assert.Equal([3, 4, 5], (await standby.HandleAsync(3)).Numbers());
    }

    [Fact]
    public async Task A_stand_by_takes_over_at_once_when_the_owner_s_process_stops_and_each_event_is_handled_once()
    {
        var (first, second, third) = (new Recorder(), new Recorder(), new Recorder());
        var owner = await HostAsync(first);
        await AppendAsync("order-1", 2);
        await first.WaitForAsync(2, Ct);

        // Only now: of hosts that start together anyone may be the first.
        var standby = await HostAsync(second);
        await HostAsync(third);
        await AppendAsync("order-1", 1, first: 3);
        await first.WaitForAsync(3, Ct);
        Assert.Empty(second.Handled);

        await EndAsync(owner);
        await AppendAsync("order-1", 3, first: 4);
        await UntilAsync(() => second.Handled.Count + third.Handled.Count >= 3);
        await EndAsync(standby);
        await AppendAsync("order-1", 3, first: 7);
        await UntilAsync(() => second.Handled.Count + third.Handled.Count >= 6);

        var all = first.Handled.Concat(second.Handled).Concat(third.Handled).Select(context => context.Event.As<Numbered>().Number);
        Assert.Equal(Enumerable.Range(1, 9), all.Order());
    }

    [Fact]
    public async Task A_stand_by_that_is_disposed_of_leaves_the_owner_alone()
    {
        await using var owner = await Events.SubscribeAsync(Name, null, Ct);
        var standby = await Process().Events.SubscribeAsync(Name, new() { StandBy = true }, Ct);
        await standby.DisposeAsync();
        await AppendAsync("order-1", 1);
        Assert.Equal([1], (await owner.HandleAsync(1)).Numbers());
    }

    [Fact]
    public async Task A_subscription_may_be_made_again_and_again_in_one_process()
    {
        await AppendAsync("order-1", 30);
        for (var number = 1; number <= 30; number++)
        {
            await using var subscription = await Events.SubscribeAsync(Name, new() { BatchSize = 1 }, Ct);
            Assert.Equal([number], (await subscription.HandleAsync(1)).Numbers());
        }
    }

    [Fact]
    public async Task Who_subscribes_while_the_last_consumer_is_just_being_disposed_of_is_let_in_or_refused_and_never_cut_off()
    {
        await AppendAsync("order-1", 1);
        for (var round = 0; round < 20; round++)
        {
            var leaving = await Events.SubscribeAsync(Name, null, Ct);
            var disposing = Task.Run(async () => await leaving.DisposeAsync(), Ct);
            var outcome = await Record.ExceptionAsync(async () =>
            {
                await using var next = await Events.SubscribeAsync(Name, null, Ct);
                Assert.Equal([1], (await next.TakeAsync(1)).Numbers());
            });
            await disposing;
            Assert.True(outcome is null or SubscriptionAlreadyActiveException, outcome?.ToString());
        }
    }

    [Fact]
    public async Task A_host_s_subscriber_and_a_consumer_of_one_name_share_nothing_and_take_turns()
    {
        var recorder = new Recorder();
        var consumer = await Events.SubscribeAsync(Name, null, Ct);
        var process = await HostAsync(recorder);
        await AppendAsync("order-1", 2);
        await consumer.HandleAsync(2);
        await Assert.ThrowsAsync<SubscriptionAlreadyActiveException>(() => process.Events.SubscribeAsync(Name, null, Ct));
        Assert.Empty(recorder.Handled);

        await consumer.DisposeAsync();
        await AppendAsync("order-1", 1, first: 3);
        await recorder.WaitForAsync(1, Ct);
        Assert.Equal([3L], recorder.Handled.Select(context => context.StreamVersion));
        await Assert.ThrowsAsync<SubscriptionAlreadyActiveException>(() => process.Events.SubscribeAsync(Name, null, Ct));
        Assert.Single(recorder.Handled);
    }
}
