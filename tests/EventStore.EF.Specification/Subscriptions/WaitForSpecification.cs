using EventStore.EF.Schema;
using EventStore.EF.Subscriptions.Leases;
using Microsoft.Extensions.DependencyInjection;

namespace EventStore.EF.Specification;

/// <summary>Waiting until a subscription has finished one's own write.</summary>
public abstract class WaitForSpecification(StoreFixture fixture) : LeaseSuite(fixture)
{
    private static readonly TimeSpan Long = TimeSpan.FromSeconds(30);

    private ISubscriptionAdministration Administration => Events.Subscriptions;

    [Fact]
    public async Task It_returns_at_once_when_the_checkpoint_is_there_and_times_out_when_it_is_not()
    {
        var process = Process();
        await process.Checkpoints.WriteAsync(await process.AcquireAsync(Key), 5, Ct);
        await Administration.WaitForAsync("orders", 5, TimeSpan.Zero, cancellationToken: Ct);
        await Administration.WaitForAsync("orders", 0, TimeSpan.Zero, cancellationToken: Ct);

        var exception = await Assert.ThrowsAsync<SubscriptionTimeoutException>(() => Administration.WaitForAsync("orders", 6, TimeSpan.FromMilliseconds(30), cancellationToken: Ct));
        Assert.Contains("at 5", exception.Message, StringComparison.Ordinal);
        await Assert.ThrowsAsync<ArgumentOutOfRangeException>(() => Administration.WaitForAsync("orders", 6, TimeSpan.FromSeconds(-7), cancellationToken: Ct));
    }

    [Fact]
    public async Task It_sees_the_checkpoint_of_another_process_in_every_partition()
    {
        var process = Process();
        var leases = new[] { await process.AcquireAsync(Key, partitions: 2), await process.AcquireAsync(Key with { Partition = 1 }, partitions: 2) };
        var waiting = Administration.WaitForAsync("orders", 5, Long, cancellationToken: Ct);
        await process.Checkpoints.WriteAsync(leases[0], 9, Ct);
        await Assert.ThrowsAsync<SubscriptionTimeoutException>(() => Administration.WaitForAsync("orders", 5, TimeSpan.Zero, cancellationToken: Ct));
        Assert.False(waiting.IsCompleted);

        await process.Checkpoints.WriteAsync(leases[1], 5, Ct);
        await waiting;
    }

    [Fact]
    public async Task In_the_subscription_s_own_process_it_returns_before_any_checkpoint()
    {
        var process = Process();
        var progress = process.Store.Host.Services.GetRequiredService<SubscriptionProgress>();
        var lease = await process.AcquireAsync(Key);
        using (var reporter = progress.Start(lease))
        {
            var waiting = process.Administration.WaitForAsync("orders", 5, Timeout.InfiniteTimeSpan, cancellationToken: Ct);
            reporter.Report(4);
            Assert.False(waiting.IsCompleted);
            reporter.Report(5);
            await waiting.WaitAsync(Long, Ct);
            Assert.Equal(0, await PositionAsync());
            await Assert.ThrowsAsync<SubscriptionTimeoutException>(() => Administration.WaitForAsync("orders", 5, TimeSpan.Zero, cancellationToken: Ct));
        }

        // Given back, only what is stored counts.
        await Assert.ThrowsAsync<SubscriptionTimeoutException>(() => process.Administration.WaitForAsync("orders", 5, TimeSpan.Zero, cancellationToken: Ct));
    }

    [Fact]
    public async Task A_parked_event_is_told_at_once_with_why_and_its_neighbours_are_not()
    {
        var process = Process();
        var lease = await process.AcquireAsync(Key);
        await process.Parked.ParkAsync(lease, [new(3, "a", Guid.NewGuid(), 3, "boom", 1), new(9, "a", Guid.NewGuid(), 9, null, 0)], 4, Ct);
        var failed = await Assert.ThrowsAsync<EventParkedException>(() => Administration.WaitForAsync("orders", 3, Long, cancellationToken: Ct));
        Assert.Equal(("orders", 3, "a", "boom"), (failed.Name, failed.Position, failed.Key, failed.Error));
        Assert.Null((await Assert.ThrowsAsync<EventParkedException>(() => Administration.WaitForAsync("orders", 9, Long, cancellationToken: Ct))).Error);
        await Administration.WaitForAsync("orders", 4, TimeSpan.Zero, cancellationToken: Ct);
    }

    [Fact]
    public async Task A_replay_is_waited_for_until_it_succeeds_or_fails()
    {
        var process = Process();
        var lease = await process.AcquireAsync(Key);
        await process.Parked.ParkAsync(lease, [new(3, "a", Guid.NewGuid(), 3, "boom", 1)], 4, Ct);
        await Administration.ReplayParkedAsync("orders", cancellationToken: Ct);

        // Behind it, and to be replayed with it.
        await process.Parked.ParkAsync(lease, [new(9, "a", Guid.NewGuid(), 9, null, 0)], 9, Ct);
        var exception = await Assert.ThrowsAsync<SubscriptionTimeoutException>(() => Administration.WaitForAsync("orders", 9, TimeSpan.FromMilliseconds(30), cancellationToken: Ct));
        Assert.Contains("parked and has not been replayed yet", exception.Message, StringComparison.Ordinal);
        var (first, second) = (Administration.WaitForAsync("orders", 3, Long, cancellationToken: Ct), Administration.WaitForAsync("orders", 9, Long, cancellationToken: Ct));
        await process.Parked.ReplayedAsync(lease, (await process.Parked.NextReplayAsync(lease, Ct))!, Ct);
        await first;
        Assert.False(second.IsCompleted);

        await process.Parked.ReplayFailedAsync(lease, (await process.Parked.NextReplayAsync(lease, Ct))!, "boom again", isTried: true, Ct);
        Assert.Equal("boom again", (await Assert.ThrowsAsync<EventParkedException>(() => second)).Error);
    }

    [Fact]
    public async Task A_subscription_that_is_deleted_meanwhile_is_not_found()
    {
        await Process().AcquireAsync(Key);
        var waiting = Administration.WaitForAsync("orders", 5, Long, cancellationToken: Ct);
        await Administration.DeleteAsync("orders", cancellationToken: Ct);
        await Assert.ThrowsAsync<SubscriptionNotFoundException>(() => waiting);
    }

    [Fact]
    public async Task In_a_stream_it_waits_for_a_number_and_a_stream_made_anew_counts_from_the_beginning()
    {
        var process = Process();
        await process.Events.AppendManyAsync("order-1", ExpectedVersion.NoStream, Numbered(3), Ct);
        var lease = await process.AcquireAsync(Key with { Stream = "order-1" });
        await process.Checkpoints.WriteAsync(lease, 3, Ct);
        await Administration.WaitForAsync("orders", 3, TimeSpan.Zero, "order-1", Ct);

        await process.Events.Streams.HardDeleteAsync("order-1", 3, Ct);
        await process.Events.AppendManyAsync("order-1", ExpectedVersion.NoStream, Numbered(3), Ct);
        await Assert.ThrowsAsync<SubscriptionTimeoutException>(() => Administration.WaitForAsync("orders", 3, TimeSpan.Zero, "order-1", Ct));
    }

    [Fact]
    public async Task The_end_of_the_time_says_why()
    {
        var process = Process();
        var lease = await process.AcquireAsync(Key);
        Assert.Equal(SubscriptionTimeoutReason.Behind, (await WhyAsync("not reached the event yet")).Reason);

        await process.Leases.FailAsync(lease, "boom", Ct);
        Assert.Equal(SubscriptionTimeoutReason.Failing, (await WhyAsync("boom.")).Reason);

        await Administration.PauseAsync("orders", cancellationToken: Ct);
        Assert.Equal(SubscriptionTimeoutReason.Paused, (await WhyAsync("ResumeAsync")).Reason);

        await Administration.ResumeAsync("orders", cancellationToken: Ct);
        await RunOutAsync();
        var exception = await WhyAsync("no process runs it");
        Assert.Equal(SubscriptionTimeoutReason.NotRunning, exception.Reason);
        Assert.Equal(("orders", 6L, 0L), (exception.Name.Value, exception.Position, exception.Subscription!.Position));

        async Task<SubscriptionTimeoutException> WhyAsync(string words)
        {
            var why = await Assert.ThrowsAsync<SubscriptionTimeoutException>(() => Administration.WaitForAsync("orders", 6, TimeSpan.Zero, cancellationToken: Ct));
            Assert.Contains(words, why.Message, StringComparison.Ordinal);
            return why;
        }
    }
}
