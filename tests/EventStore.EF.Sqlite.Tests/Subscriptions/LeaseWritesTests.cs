using System.Diagnostics;
using EventStore.EF.Subscriptions.Leases;
using Microsoft.Extensions.Time.Testing;

namespace EventStore.EF.Sqlite.Tests.Subscriptions;

/// <summary>Leases share SQLite's one write lock with the appends, and an owner for whose lease nobody waits hardly writes.</summary>
public sealed class LeaseWritesTests(SqliteFixture fixture) : LeaseSuite(fixture), IClassFixture<SqliteFixture>
{
    [Fact]
    public async Task Checkpoints_are_written_within_a_third_of_the_lease_while_many_append_flat_out()
    {
        var process = Process();
        var lease = await process.AcquireAsync(Key);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(Ct);
        var (isBusy, appended) = (new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously), 0);
        var appends = AtOnceAsync(8, async caller =>
        {
            while (!stop.IsCancellationRequested)
            {
                await Events.AppendManyAsync($"order-{caller}", ExpectedVersion.Any, Numbered(20), Ct);
                if (Interlocked.Increment(ref appended) == 100)
                    isBusy.SetResult();
            }

            return caller;
        });
        await isBusy.Task.WaitAsync(TimeSpan.FromSeconds(30), Ct);
        var longest = TimeSpan.Zero;
        for (var place = 1; place <= 50; place++)
        {
            var began = Stopwatch.GetTimestamp();
            await process.Checkpoints.WriteAsync(lease, place, Ct);
            var took = Stopwatch.GetElapsedTime(began);
            longest = took > longest ? took : longest;
        }

        await stop.CancelAsync();
        Assert.All(await appends, append => Assert.Null(append.Exception));
        Assert.InRange(longest, TimeSpan.Zero, TimeSpan.FromSeconds(5));
    }

    [Fact]
    public async Task An_owner_for_whose_lease_nobody_waits_renews_it_every_40_seconds()
    {
        var time = new FakeTimeProvider();
        var process = Process(time);
        process.Run(process.Leases.KeepAsync);
        await process.AcquireAsync(Key);
        var (renewals, end) = (0, await EndAsync());
        for (var second = 0; second < 600; second++)
        {
            time.Advance(TimeSpan.FromSeconds(1));
            await Task.Delay(TimeSpan.FromMilliseconds(5), TimeProvider.System, Ct);
            var now = await EndAsync();
            (renewals, end) = (renewals + (now == end ? 0 : 1), now);
        }

        Assert.InRange(renewals, 2, 16);
    }

    [Fact]
    public async Task A_living_owner_answers_a_stand_by_that_shortens_its_lease_and_keeps_it()
    {
        var (owner, next) = (Process(configure: Short).Start(), Process(configure: Short).Start());
        var lease = await owner.AcquireAsync(Key);
        var held = lease.Held;
        await ExtendedAsync();
        var turn = next.Leases.WaitForTurnAsync(Key, 1, Ct);
        await UntilAsync(async () => await LeftAsync() < 2);
        for (var look = 0; look < 50; look++)
        {
            await Task.Delay(TimeSpan.FromMilliseconds(100), TimeProvider.System, Ct);
            Assert.True(await LeftAsync() > 0, "The owner has not renewed its lease.");
        }

        Assert.False(turn.IsCompleted);
        Assert.True(lease.IsHeld && !held.IsCancellationRequested);
        Assert.Null(await next.TryAcquireAsync(Key));
    }

    [Fact]
    public async Task An_owner_that_stands_still_is_replaced_when_a_lease_is_over_although_it_has_extended_its_own()
    {
        var time = new FakeTimeProvider();
        var (owner, next) = (Process(time, Short), Process(configure: Short));
        owner.Run(owner.Leases.KeepAsync);
        var lease = await owner.AcquireAsync(Key);
        await ExtendedAsync();

        // From now on no time passes for the owner, so it never looks.
        var began = Stopwatch.GetTimestamp();
        next.Start();
        await next.Leases.WaitForTurnAsync(Key, 1, Ct).WaitAsync(TimeSpan.FromSeconds(30), Ct);
        Assert.True(Stopwatch.GetElapsedTime(began) > TimeSpan.FromSeconds(1.9), "It was taken before a lease was over.");
        Assert.Equal(lease.Epoch + 1, (await next.AcquireAsync(Key)).Epoch);

        // When it goes on, it knows that it can't rely on its lease, before it asks anybody.
        time.Advance(Stopwatch.GetElapsedTime(began));
        Assert.False(lease.IsHeld);
        await Assert.ThrowsAsync<SubscriptionLostException>(() => owner.Checkpoints.WriteAsync(lease, 1, Ct));
    }

    private static void Short(EventStoreOptions options) => options.LeaseDuration = TimeSpan.FromSeconds(2);

    private Task<string> EndAsync() => Database.ScalarAsync<string>("SELECT lease_expires_at FROM {subscriptions}");

    /// <summary>For how many seconds the lease still lasts.</summary>
    private Task<double> LeftAsync() => Database.ScalarAsync<double>(
        "SELECT (julianday(lease_expires_at) - julianday('now')) * 86400 FROM {subscriptions}");

    /// <summary>Waits until the owner has extended its lease.</summary>
    private Task ExtendedAsync() => UntilAsync(async () => await LeftAsync() > 4);

    private static async Task UntilAsync(Func<Task<bool>> isSo)
    {
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(10), TimeProvider.System);
        while (!await isSo())
            await timer.WaitForNextTickAsync(Ct);
    }
}
