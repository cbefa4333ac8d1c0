using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;

namespace EventStore.EF.Specification;

/// <summary>Defects of event stores in use that this one must not have: those of subscriptions, each as it happened there.</summary>
public abstract class SubscriptionDefectsSpecification(StoreFixture fixture) : RunningSuite(fixture)
{
    private ISubscriptionAdministration Administration => Events.Subscriptions;

    [Fact]
    public async Task Defect_1_A_checkpoint_timer_that_fires_under_back_pressure_skips_nothing()
    {
        Assert.SkipWhen(Fixture.IsPooled, "without being told, nothing is found while the test's clock stands still");
        var time = new FakeTimeProvider();
        var process = Process(builder => Timed(builder, time));
        await using (var subscription = await process.Events.SubscribeAsync(Name, new() { BufferSize = 3, PageSize = 2, BatchSize = 1, CheckpointEvery = int.MaxValue }, Ct))
        {
            // Live, with a full buffer: some in flight, some received, the rest overflowed.
            await AppendAsync("order-1", 1);
            await subscription.HandleAsync(1);
            await UntilAsync(() => subscription.Status is EventSubscriptionStatus.Live);
            for (var number = 2; number <= 30; number++)
                await AppendAsync("order-1", 1, number);
            for (var number = 2; number <= 30; number++)
            {
                var @event = Assert.Single(await subscription.TakeAsync(1));
                Assert.Equal(number, @event.As<Numbered>().Number);
                await subscription.AckAsync(@event, Ct);

                // In steps: the timer may be set a moment after the clock was moved, and would wait for it for ever.
                await UntilAsync(async () =>
                {
                    time.Advance(TimeSpan.FromMilliseconds(100));
                    return await CheckpointAsync() >= @event.Position;
                });

                // Only what is acknowledged, never what is received.
                Assert.Equal(@event.Position, await CheckpointAsync());
            }
        }
    }

    [Fact]
    public async Task Defect_1_A_checkpoint_timer_that_fires_during_catch_up_stalls_nothing()
    {
        Assert.SkipWhen(Fixture.IsPooled, "without being told, nothing is found while the test's clock stands still");
        await AppendAsync("order-1", 60);
        var time = new FakeTimeProvider();
        var process = Process(builder => Timed(builder, time));
        await using var subscription = await process.Events.SubscribeAsync(Name, new() { BufferSize = 4, PageSize = 3, BatchSize = 1, CheckpointEvery = int.MaxValue }, Ct);
        for (var number = 1; number <= 60; number += 2)
        {
            Assert.Equal([number, number + 1], (await subscription.HandleAsync(2)).Numbers());
            time.Advance(TimeSpan.FromSeconds(1));
        }

        await AppendAsync("order-1", 1, first: 61);
        Assert.Equal([61], (await subscription.HandleAsync(1)).Numbers());
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Defect_7_A_subscription_to_a_recreated_stream_sees_its_first_events_whether_it_ran_meanwhile_or_not(bool isRunning)
    {
        var options = new ConsumerOptions { Stream = "order-1" };
        await AppendAsync("order-1", 5);
        var subscription = await Events.SubscribeAsync(Name, options, Ct);
        await subscription.HandleAsync(5);
        if (!isRunning)
            await subscription.DisposeAsync();

        await Events.Streams.HardDeleteAsync("order-1", 5, Ct);
        await AppendAsync("order-1", 7, first: 11);
        if (!isRunning)
            subscription = await Events.SubscribeAsync(Name, options, Ct);
        Assert.Equal(Enumerable.Range(11, 7), (await subscription.HandleAsync(7)).Numbers());
        await subscription.DisposeAsync();
        Assert.Equal(7, await CheckpointAsync());
    }

    [Fact]
    public async Task Defect_7_It_sees_them_also_when_the_stream_was_missing_when_it_subscribed()
    {
        var options = new ConsumerOptions { Stream = "order-1" };
        await using (var first = await Events.SubscribeAsync(Name, options, Ct))
        {
            await AppendAsync("order-1", 5);
            await first.HandleAsync(5);
        }

        await Events.Streams.HardDeleteAsync("order-1", 5, Ct);
        await using (var second = await Events.SubscribeAsync(Name, options, Ct))
            await second.AssertNothingAsync(async () => await AppendAsync("other", 1));

        await AppendAsync("order-1", 3, first: 11);
        await using var third = await Events.SubscribeAsync(Name, options, Ct);
        Assert.Equal([11, 12, 13], (await third.HandleAsync(3)).Numbers());
    }

    [Fact]
    public async Task Defect_8_A_former_owner_moves_no_checkpoint_forwards_or_backwards_and_its_acks_are_refused()
    {
        await AppendAsync("order-1", 10);
        var former = Process();
        await using var old = await former.Events.SubscribeAsync(Name, new() { CheckpointEvery = 1, BatchSize = 1 }, Ct);
        var taken = await old.TakeAsync(10);
        await old.AckAsync(taken[1], Ct);
        await CheckpointReachesAsync(taken[1].Position);

        // As after a stand-still that was longer than the lease.
        await Database.ExecuteAsync("UPDATE {subscriptions} SET lease_expires_at = '2001-01-01 00:00:00.000'");
        await using var @new = await Events.SubscribeAsync(Name, new() { CheckpointEvery = 1, BatchSize = 1 }, Ct);
        var again = await @new.HandleAsync(3);
        Assert.Equal([3, 4, 5], again.Numbers());
        await CheckpointReachesAsync(again[2].Position);

        // It may take an ack before it knows, but not to the database.
        _ = await Record.ExceptionAsync(async () => await old.AckAsync(taken[9], Ct));
        await old.EndsWithAsync<SubscriptionLostException>();
        foreach (var @event in taken)
            await Assert.ThrowsAsync<SubscriptionLostException>(async () => await old.AckAsync(@event, Ct));
        await Assert.ThrowsAsync<SubscriptionLostException>(() => old.ParkAsync(taken[9], "error", Ct));
        await old.DisposeAsync();
        Assert.Equal(again[2].Position, await CheckpointAsync());
        Assert.Equal([6, 7, 8, 9, 10], (await @new.HandleAsync(5)).Numbers());
    }

    [Fact]
    public async Task Defect_11_A_poison_event_takes_nothing_down_but_itself()
    {
        var (poisoned, healthy) = (new Recorder(), new Recorder());
        poisoned.OnHandling = (context, _) => context.StreamVersion == 2 ? throw new InvalidOperationException("poison") : Task.CompletedTask;
        var process = await HostAsync(poisoned, options => options.MaxAttempts = 2, builder =>
        {
            builder.Services.AddScoped(_ => new EveryHandler(healthy));
            builder.AddSubscriber<EveryHandler>("healthy");
        });
        await using var selecting = await process.Events.SubscribeAsync("selecting", new() { Selector = _ => throw new InvalidOperationException("poison") }, Ct);
        await AppendAsync("order-1", 3);
        await AppendAsync("order-2", 1);
        await healthy.WaitForAsync(4, Ct);
        await poisoned.WaitForAsync(2, Ct);

        Assert.Equal([("order-1", 1L), ("order-2", 1)], poisoned.Handled.Select(context => (context.StreamName.Value, context.StreamVersion)));
        await UntilAsync(() => selecting.Status is EventSubscriptionStatus.Interrupted);
        await process.Events.AppendAsync("order-3", ExpectedVersion.Any, new Numbered(1), cancellationToken: Ct);
        await healthy.WaitForAsync(5, Ct);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Defect_11_What_a_handler_hangs_on_its_cancellation_takes_nothing_down_either(bool isThrowing)
    {
        using var end = new ManualResetEventSlim();
        var isHandling = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var (rude, healthy) = (new Recorder(), new Recorder());
        rude.OnHandling = async (_, ct) =>
        {
            ct.Register(() =>
            {
                if (isThrowing)
                    throw new InvalidOperationException("in a callback of the handler's cancellation");

                end.Wait(TimeSpan.FromSeconds(60), TestContext.Current.CancellationToken);
            });
            isHandling.TrySetResult();
            await new TaskCompletionSource().Task.WaitAsync(ct);
        };
        var process = await HostAsync(rude, null, builder =>
        {
            builder.Services.AddScoped(_ => new EveryHandler(healthy));
            builder.AddSubscriber<EveryHandler>("healthy");
        });
        await AppendAsync("order-1", 1);
        await isHandling.Task.WaitAsync(TimeSpan.FromSeconds(30), Ct);
        await healthy.WaitForAsync(1, Ct);
        await Administration.DeleteAsync(Name, cancellationToken: Ct);

        // Whoever looks after the leases still looks.
        await process.Log.WaitForAsync(line => line.Message.Contains("was deleted", StringComparison.Ordinal), Ct);
        await Administration.RewindAsync("healthy", 0, ParkedEventHandling.Keep, cancellationToken: Ct);
        await healthy.WaitForAsync(2, Ct);
        end.Set();
    }

    [Fact]
    public async Task Defect_14_A_stand_by_takes_over_at_once_and_not_after_a_minute()
    {
        var owner = await Events.SubscribeAsync(Name, null, Ct);
        await using var standby = await Process().Events.SubscribeAsync(Name, new() { StandBy = true }, Ct);
        await AppendAsync("order-1", 1);
        await owner.HandleAsync(1);
        var began = await Database.NowAsync();
        await owner.DisposeAsync();
        await UntilAsync(() => standby.Status is not EventSubscriptionStatus.StandingBy);
        Assert.InRange(await Database.NowAsync() - began, TimeSpan.Zero, TimeSpan.FromSeconds(4));
    }

    [Fact]
    public async Task Defect_15_A_subscription_that_is_deleted_elsewhere_is_delivered_by_nobody_and_a_new_one_has_one_owner()
    {
        await AppendAsync("order-1", 2);
        await using var old = await Process().Events.SubscribeAsync(Name, new() { BatchSize = 1 }, Ct);
        await old.HandleAsync(1);
        await Administration.DeleteAsync(Name, cancellationToken: Ct);
        await using var anew = await Process().Events.SubscribeAsync(Name, null, Ct);
        await old.EndsWithAsync<SubscriptionDeletedException>();
        await Assert.ThrowsAsync<SubscriptionAlreadyActiveException>(() => Events.SubscribeAsync(Name, null, Ct));

        Assert.Equal([1, 2], (await anew.HandleAsync(2)).Numbers());
        await old.DisposeAsync();
        await AppendAsync("order-1", 1, first: 3);
        Assert.Equal([3], (await anew.HandleAsync(1)).Numbers());
    }

    [Fact]
    public async Task Defect_16_A_partition_keeps_its_order_though_its_consumers_have_room_for_many()
    {
        var options = new ConsumerOptions { MaxConsumers = 3, BufferSize = 10, BatchSize = 1 };
        var consumers = new List<IEventSubscription>();
        for (var index = 0; index < 3; index++)
            consumers.Add(await Events.SubscribeAsync(Name, options, Ct));

        await AppendAsync("order-1", 20);

        // The first has ten of them in flight; the others, with nothing to do, get none of the key.
        var first = await consumers[0].TakeAsync(10);
        Assert.Equal(Enumerable.Range(1, 10), first.Numbers());
        await consumers[1].AssertNothingAsync(() => Task.CompletedTask);
        await consumers[2].AssertNothingAsync(() => Task.CompletedTask);
        await consumers[0].AckAsync(first[4], Ct);
        Assert.Equal(Enumerable.Range(11, 5), (await consumers[0].TakeAsync(5)).Numbers());
        await consumers[1].AssertNothingAsync(() => Task.CompletedTask);

        // It dies with ten in flight, five of them never seen by its handler: another has all of them, from the first, in order.
        await consumers[0].DisposeAsync();
        Assert.Equal(Enumerable.Range(6, 15), (await consumers[1].HandleAsync(15)).Numbers());
        await consumers[2].AssertNothingAsync(() => Task.CompletedTask);
    }

    [Fact]
    public async Task Defect_18_A_late_or_repeated_ack_is_no_error_and_takes_nothing_back()
    {
        await AppendAsync("order-1", 500);
        await using var subscription = await Events.SubscribeAsync(Name, new() { BatchSize = 10, CheckpointEvery = 50 }, Ct);
        var batches = new List<EventBatch>();
        for (var index = 0; index < 50; index++)
        {
            batches.Add(await subscription.NextAsync());
            await subscription.AckAsync(batches[^1], Ct);
            await subscription.AckAsync(batches[^1], Ct);
            await subscription.AckAsync(batches[index / 2].Events[0], Ct);
        }

        // Long after they were forgotten.
        var last = batches[^1].Events[^1];
        await CheckpointReachesAsync(last.Position);
        foreach (var batch in batches)
            await subscription.AckAsync(batch, Ct);
        await subscription.DisposeAsync();
        Assert.Equal(last.Position, await CheckpointAsync());
    }

    /// <summary>The test's time, in which no lease runs out.</summary>
    private static void Timed(EventStoreBuilder builder, TimeProvider time)
    {
        builder.Services.AddSingleton(time);
        builder.Configure(options => options.LeaseDuration = TimeSpan.FromHours(1));
    }
}
