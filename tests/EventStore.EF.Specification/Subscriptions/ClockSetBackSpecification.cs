using EventStore.EF.Subscriptions.Leases;
using Microsoft.Extensions.Time.Testing;

namespace EventStore.EF.Specification;

/// <summary>Leases while somebody sets the database's clock: a lease that lies in the future is all that a stand-by sees of it.</summary>
public abstract class ClockSetBackSpecification(StoreFixture fixture) : LeaseSuite(fixture)
{
    private static readonly TimeSpan Duration = TimeSpan.FromSeconds(15);

    [Fact]
    public async Task A_dead_owner_is_replaced_after_its_lease_although_the_database_s_clock_was_set_back_by_an_hour()
    {
        var time = new FakeTimeProvider();
        var (owner, next) = (Process(), Process(time));
        var lease = await owner.AcquireAsync(Key);
        await SetBackAsync();
        next.Run(next.Leases.KeepAsync);
        var turn = next.Leases.WaitForTurnAsync(Key, 1, Ct);
        var died = time.GetTimestamp();

        await StepUntilAsync(time, turn);
        Assert.True(time.GetElapsedTime(died) >= Duration, "It was taken before its lease was over.");
        Assert.Equal(lease.Epoch + 1, (await next.AcquireAsync(Key)).Epoch);
        await Assert.ThrowsAsync<SubscriptionLostException>(() => owner.Checkpoints.WriteAsync(lease, 1, Ct));
    }

    [Fact]
    public async Task A_reservation_of_which_nobody_makes_use_ends_although_the_database_s_clock_was_set_back()
    {
        var time = new FakeTimeProvider();
        var (owner, next) = (Process(), Process(time));
        var lease = await owner.AcquireAsync(Key);
        await Database.ExecuteAsync("UPDATE {subscriptions} SET requested_by = 'a process that is gone'");
        await owner.Leases.ReleaseAsync(lease, Ct);
        await SetBackAsync();
        next.Run(next.Leases.KeepAsync);
        var turn = next.Leases.WaitForTurnAsync(Key, 1, Ct);

        await StepUntilAsync(time, turn);
        Assert.Equal(lease.Epoch + 1, (await next.AcquireAsync(Key)).Epoch);
    }

    [Fact]
    public async Task A_living_owner_keeps_its_lease_however_the_database_s_clock_is_set_back()
    {
        var time = new FakeTimeProvider();
        var (owner, next) = (Process(time), Process(time));
        owner.Run(owner.Leases.KeepAsync);
        next.Run(next.Leases.KeepAsync);
        var lease = await owner.AcquireAsync(Key);
        var held = lease.Held;
        var turn = next.Leases.WaitForTurnAsync(Key, 1, Ct);
        for (var beat = 0; beat < 9; beat++)
        {
            // Between two renewals the clock goes back, and each renewal is an hour earlier than the one before.
            await SetBackAsync();
            var before = await EndAsync();
            for (var step = 0; await EndAsync() == before; step++)
            {
                Assert.True(step < 3000, "The owner has not renewed its lease.");
                time.Advance(TimeSpan.FromMilliseconds(100));
                await NextAsync();
            }
        }

        Assert.False(turn.IsCompleted);
        Assert.True(lease.IsHeld && !held.IsCancellationRequested);
        Assert.Null(await next.TryAcquireAsync(Key));
    }

    [Fact]
    public async Task An_owner_that_renews_at_the_last_moment_is_not_taken_over_by_a_stand_by_that_has_its_turn()
    {
        var time = new FakeTimeProvider();
        var (owner, next) = (Process(), Process(time));
        var lease = await owner.AcquireAsync(Key);
        await SetBackAsync();
        next.Run(next.Leases.KeepAsync);
        await StepUntilAsync(time, next.Leases.WaitForTurnAsync(Key, 1, Ct));

        await owner.Checkpoints.WriteAsync(lease, 1, Ct);
        Assert.Null(await next.TryAcquireAsync(Key));
        await owner.Checkpoints.WriteAsync(lease, 2, Ct);
    }

    [Fact]
    public async Task An_owner_with_a_longer_lease_than_the_stand_by_s_keeps_it_for_as_long()
    {
        var time = new FakeTimeProvider();
        var owner = Process(configure: options => options.LeaseDuration = 4 * Duration);
        var next = Process(time);
        var lease = await owner.AcquireAsync(Key);
        await SetBackAsync();
        next.Run(next.Leases.KeepAsync);
        var turn = next.Leases.WaitForTurnAsync(Key, 1, Ct);
        var began = time.GetTimestamp();

        await StepUntilAsync(time, turn);
        Assert.True(time.GetElapsedTime(began) >= 4 * Duration, "It was taken before the owner's lease was over.");
        Assert.Equal(lease.Epoch + 1, (await next.AcquireAsync(Key)).Epoch);
    }

    [Fact]
    public async Task A_clock_set_forward_hands_a_subscription_over_once_at_most_and_its_former_owner_writes_nothing()
    {
        var (owner, next) = (Process(), Process());
        var lease = await owner.AcquireAsync(Key);

        // By a clock that is set forward every lease has run out; the next owner's lease is of the new time.
        await RunOutAsync();
        var taken = await next.AcquireAsync(Key);
        Assert.Null(await Process().TryAcquireAsync(Key));
        await Assert.ThrowsAsync<SubscriptionLostException>(() => owner.Checkpoints.WriteAsync(lease, 9, Ct));
        await next.Checkpoints.WriteAsync(taken, 3, Ct);
        Assert.Equal((3L, taken.Epoch), (await PositionAsync(), await Database.ScalarAsync<long>("SELECT epoch FROM {subscriptions}")));
    }

    /// <summary>To the processes it is the same whether the clock goes back or the lease's end goes forward.</summary>
    private Task<int> SetBackAsync() => Database.ExecuteAsync($"UPDATE {{subscriptions}} SET lease_expires_at = {Database.Later(TimeSpan.FromHours(1))}");

    private Task<string> EndAsync() => Database.ScalarAsync<string>("SELECT CAST(lease_expires_at AS text) FROM {subscriptions}");

    /// <summary>Lets time pass until something has come about, in steps in which the processes can look.</summary>
    private static async Task StepUntilAsync(FakeTimeProvider time, Task task)
    {
        for (var step = 0; !task.IsCompleted; step++)
        {
            Assert.True(step < 6000, "Nobody was called.");
            time.Advance(TimeSpan.FromMilliseconds(100));
            await NextAsync();
        }

        await task;
    }

    private static async Task NextAsync()
    {
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(10), TimeProvider.System);
        await timer.WaitForNextTickAsync(Ct);
    }
}
