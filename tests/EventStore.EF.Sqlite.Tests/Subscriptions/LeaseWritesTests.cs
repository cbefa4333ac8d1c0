using System.Diagnostics;
using EventStore.EF.Subscriptions.Leases;

namespace EventStore.EF.Sqlite.Tests.Subscriptions;

/// <summary>Leases share SQLite's one write lock with the appends.</summary>
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
}
