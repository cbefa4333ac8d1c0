using EventStore.EF.Schema;
using EventStore.EF.Subscriptions.Leases;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Time.Testing;

namespace EventStore.EF.Specification;

/// <summary>What becomes of leases by the local clock and by what others do to them.</summary>
public abstract class HeartbeatSpecification(StoreFixture fixture) : LeaseSuite(fixture)
{
    private static readonly TimeSpan Duration = TimeSpan.FromSeconds(15);

    [Fact]
    public async Task A_lease_ends_exactly_when_its_time_is_over_and_is_not_lost_by_that()
    {
        var time = new FakeTimeProvider();
        var lease = await Process(time).AcquireAsync(Key);
        var held = lease.Held;
        time.Advance(Duration - TimeSpan.FromMilliseconds(1));
        Assert.True(lease.IsHeld && !held.IsCancellationRequested);

        time.Advance(TimeSpan.FromMilliseconds(1));
        Assert.False(lease.IsHeld);
        Assert.True(held.IsCancellationRequested);
        Assert.False(lease.Lost.IsCancellationRequested);
        Assert.False(lease.WaitUntilHeldAsync(Ct).IsCompleted);
    }

    [Fact]
    public async Task Each_checkpoint_renews_the_lease()
    {
        var time = new FakeTimeProvider();
        var process = Process(time);
        var lease = await process.AcquireAsync(Key);
        var held = lease.Held;
        for (var place = 1; place <= 5; place++)
        {
            time.Advance(Duration - TimeSpan.FromMilliseconds(1));
            await process.Checkpoints.WriteAsync(lease, place, Ct);
        }

        Assert.True(lease.IsHeld && !held.IsCancellationRequested);
    }

    [Fact]
    public async Task A_renewal_after_a_gap_brings_back_a_lease_that_nobody_took()
    {
        var time = new FakeTimeProvider();
        var process = Process(time);
        var lease = await process.AcquireAsync(Key);
        time.Advance(Duration * 4);
        await RunOutAsync();
        var waiting = lease.WaitUntilHeldAsync(Ct);
        Assert.False(waiting.IsCompleted);

        process.Start();
        await waiting.WaitAsync(TimeSpan.FromSeconds(30), Ct);
        Assert.True(lease.IsHeld && !lease.Held.IsCancellationRequested);
        Assert.Null(await Process().TryAcquireAsync(Key));
    }

    [Fact]
    public async Task A_lease_that_came_back_ends_in_time_again()
    {
        var time = new FakeTimeProvider();
        var process = Process(time);
        var lease = await process.AcquireAsync(Key);
        time.Advance(Duration * 2);
        await process.Checkpoints.WriteAsync(lease, 1, Ct);
        var held = lease.Held;
        time.Advance(Duration - TimeSpan.FromMilliseconds(1));
        Assert.False(held.IsCancellationRequested);

        time.Advance(TimeSpan.FromMilliseconds(1));
        Assert.True(held.IsCancellationRequested);
    }

    [Fact]
    public async Task A_renewal_after_a_gap_finds_a_lease_lost_that_another_took()
    {
        var time = new FakeTimeProvider();
        var process = Process(time);
        var lease = await process.AcquireAsync(Key);
        time.Advance(Duration * 4);
        await TakeOverAsync();
        var waiting = lease.WaitUntilHeldAsync(Ct);

        process.Start();
        await Assert.ThrowsAsync<SubscriptionLostException>(() => waiting.WaitAsync(TimeSpan.FromSeconds(30), Ct));
        Assert.Equal(LeaseEnd.TakenOver, lease.LostBecause);
    }

    [Fact]
    public async Task A_database_that_is_away_ends_no_lease_before_its_time_and_gives_it_back_when_it_returns()
    {
        var time = new FakeTimeProvider();
        var process = Process(time).Start();
        var lease = await process.AcquireAsync(Key);
        await Database.ExecuteAsync($"ALTER TABLE {{subscriptions}} RENAME TO {Away}");
        await AdvanceUntilAsync(time, process.Store.Log.WaitForAsync(line => line.Level is LogLevel.Warning, Ct));
        Assert.False(lease.Lost.IsCancellationRequested);

        await AdvanceUntilAsync(time, CancelledAsync(lease.Held));
        Assert.False(lease.Lost.IsCancellationRequested);
        await Database.ExecuteAsync($"ALTER TABLE {AwayTable} RENAME TO {Home}");
        await AdvanceUntilAsync(time, lease.WaitUntilHeldAsync(Ct));
        Assert.Single(process.Store.Log.Lines, line => line.Level is LogLevel.Warning);
    }

    [Fact]
    public async Task The_heartbeat_keeps_leases_far_beyond_their_duration()
    {
        var time = new FakeTimeProvider();
        var process = Process(time).Start();
        var leases = new[] { await process.AcquireAsync(Key), await process.AcquireAsync(Key with { Name = "others" }) };
        var held = leases.Select(lease => lease.Held).ToArray();
        for (var beat = 0; beat < 10; beat++)
        {
            await RunOutAsync();
            time.Advance(Duration / 3);
            await UntilAsync("SELECT count(*) FROM {subscriptions} WHERE lease_expires_at > '2002-01-01 00:00:00.000'", 2);
        }

        Assert.All(leases, lease => Assert.True(lease.IsHeld));
        Assert.All(held, token => Assert.False(token.IsCancellationRequested));
    }

    [Fact]
    public async Task A_stand_by_is_called_when_the_owner_gives_back()
    {
        var time = new FakeTimeProvider();
        var (owner, next) = (Process(), Process(time).Start());
        var lease = await owner.AcquireAsync(Key);
        await WatchingAsync(next);
        var turn = next.Leases.WaitForTurnAsync(Key, 1, Ct);
        Assert.False(turn.IsCompleted);

        // No second passes for the stand-by: only the announcement can call it.
        await owner.Leases.ReleaseAsync(lease, Ct);
        await SettleAsync(time, turn);
        Assert.Equal(2, (await next.AcquireAsync(Key)).Epoch);
    }

    [Fact]
    public async Task A_stand_by_is_called_when_a_dead_owner_s_lease_runs_out_without_any_announcement()
    {
        var time = new FakeTimeProvider();
        var next = Process(time);
        await Process().AcquireAsync(Key);
        Assert.Null(await next.TryAcquireAsync(Key));
        await Database.ExecuteAsync($"UPDATE {{subscriptions}} SET lease_expires_at = {Database.Later(TimeSpan.FromMilliseconds(800))}");
        next.Run(next.Leases.KeepAsync);
        var turn = next.Leases.WaitForTurnAsync(Key, 1, Ct);
        await UntilAsync($"SELECT count(*) FROM {{subscriptions}} WHERE lease_expires_at < {Database.Clock}", 1);

        // For the stand-by no whole beat passes: it has taken note of when the lease runs out.
        time.Advance(TimeSpan.FromMilliseconds(900));
        await turn.WaitAsync(TimeSpan.FromSeconds(30), Ct);
        Assert.Equal(2, (await next.AcquireAsync(Key)).Epoch);
    }

    [Fact]
    public async Task A_stand_by_for_a_subscription_that_is_gone_may_make_it()
    {
        var (owner, next) = (Process(), Process().Start());
        var lease = await owner.AcquireAsync(Key);
        var turn = next.Leases.WaitForTurnAsync(Key, 1, Ct);
        await owner.Administration.DeleteAsync("orders", cancellationToken: Ct);
        await turn.WaitAsync(TimeSpan.FromSeconds(30), Ct);
        Assert.Equal(1, (await next.AcquireAsync(Key)).Epoch);
        await Assert.ThrowsAsync<SubscriptionDeletedException>(() => owner.Checkpoints.WriteAsync(lease, 1, Ct));
    }

    [Fact]
    public async Task A_paused_subscription_is_told_to_its_owner_and_given_to_nobody_until_it_is_resumed()
    {
        var (owner, next) = (Process().Start(), Process().Start());
        var lease = await owner.AcquireAsync(Key);
        await next.Administration.PauseAsync("orders", cancellationToken: Ct);
        await ChangedAsync(lease, changed => changed.IsPaused);
        await owner.Checkpoints.WriteAsync(lease, 3, Ct);
        await owner.Leases.ReleaseAsync(lease, Ct);
        Assert.Null(await owner.TryAcquireAsync(Key));
        var turn = next.Leases.WaitForTurnAsync(Key, 1, Ct);

        await owner.Administration.ResumeAsync("orders", cancellationToken: Ct);
        await turn.WaitAsync(TimeSpan.FromSeconds(30), Ct);
        Assert.Equal(3, (await next.AcquireAsync(Key)).Position);
    }

    [Fact]
    public async Task A_rewound_subscription_is_lost_to_its_owner_who_may_take_it_anew()
    {
        await Events.AppendManyAsync("order-1", ExpectedVersion.NoStream, Numbered(5), Ct);
        var (owner, other) = (Process().Start(), Process());
        var lease = await owner.AcquireAsync(Key);
        await owner.Checkpoints.WriteAsync(lease, 4, Ct);
        await other.Administration.RewindAsync("orders", 2, ParkedEventHandling.Keep, cancellationToken: Ct);
        await CancelledAsync(lease.Lost);
        Assert.Equal(LeaseEnd.Rewound, lease.LostBecause);
        await Assert.ThrowsAsync<SubscriptionLostException>(() => owner.Checkpoints.WriteAsync(lease, 5, Ct));

        owner.Leases.Forget(lease);
        Assert.Equal(2, (await owner.AcquireAsync(Key)).Position);
    }

    [Fact]
    public async Task A_deleted_subscription_is_lost_to_its_owner()
    {
        var (owner, other) = (Process().Start(), Process());
        var lease = await owner.AcquireAsync(Key);
        await other.Administration.DeleteAsync("orders", cancellationToken: Ct);
        await CancelledAsync(lease.Lost);
        Assert.Throws<SubscriptionDeletedException>(lease.ThrowIfLost);
    }

    [Fact]
    public async Task What_another_does_reaches_the_owner_within_a_second_without_announcements()
    {
        var time = new FakeTimeProvider();
        var (owner, other) = (Process(time), Process());
        owner.Run(owner.Leases.KeepAsync);
        var lease = await owner.AcquireAsync(Key);
        await other.Administration.PauseAsync("orders", cancellationToken: Ct);
        time.Advance(TimeSpan.FromSeconds(1));
        await ChangedAsync(lease, changed => changed.IsPaused);
    }

    private static string Away => "subscriptions_away";

    private string AwayTable => Database.Table("subscriptions").Contains('.', StringComparison.Ordinal) ? $"eventstore.{Away}" : Away;

    private string Home => Database.Table("subscriptions").Split('.')[^1];

    /// <summary>The watch of a process is at work: it has seen a commit.</summary>
    private async Task WatchingAsync(LeaseProcess process)
    {
        Assert.SkipWhen(Fixture.IsPooled, "nobody listens through a pool");
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(20), TimeProvider.System);
        while (!process.IsWatching.IsCompleted && await timer.WaitForNextTickAsync(Ct))
            await Database.ExecuteAsync("UPDATE {subscriptions} SET replays = replays");
    }

    /// <summary>Waits until a query has this result.</summary>
    private async Task UntilAsync(string sql, long wanted)
    {
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(5), TimeProvider.System);
        while (await Database.ScalarAsync<long>(sql) != wanted)
            await timer.WaitForNextTickAsync(Ct);
    }

    /// <summary>Lets less than a beat pass in small steps, so that what was announced is looked at.</summary>
    private static async Task SettleAsync(FakeTimeProvider time, Task task)
    {
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(10), TimeProvider.System);
        for (var step = 0; step < 900 && !task.IsCompleted; step++)
        {
            time.Advance(TimeSpan.FromMilliseconds(1));
            await timer.WaitForNextTickAsync(Ct);
        }

        Assert.True(task.IsCompleted);
        await task;
    }

    /// <summary>Lets time pass until something has come about.</summary>
    private static async Task AdvanceUntilAsync(FakeTimeProvider time, Task task)
    {
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(5), TimeProvider.System);
        for (var step = 0; step < 6000 && !task.IsCompleted; step++)
        {
            time.Advance(TimeSpan.FromMilliseconds(50));
            await timer.WaitForNextTickAsync(Ct);
        }

        await task;
    }
}
