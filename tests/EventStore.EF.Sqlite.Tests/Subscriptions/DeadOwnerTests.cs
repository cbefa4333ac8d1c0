using System.Diagnostics;
using EventStore.EF.Sqlite.Connections;
using Microsoft.Extensions.DependencyInjection;

namespace EventStore.EF.Sqlite.Tests.Subscriptions;

/// <summary>The subscriptions of a process that was killed are taken over at once, not when its leases expire.</summary>
public sealed class DeadOwnerTests(SqliteFixture fixture) : RunningSuite(fixture), IClassFixture<SqliteFixture>
{
    private const int LeaseInSeconds = 600;

    [Fact]
    public async Task A_killed_owner_is_replaced_within_a_second_by_a_process_that_stands_by()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "signals are sent on Linux");
        await using var worker = await Worker.StartAsync("handler", Database.ConnectionString, Name, LeaseInSeconds);
        await Events.AppendAsync("order-1", ExpectedVersion.Any, new Numbered(1), cancellationToken: Ct);
        await worker.SaysAsync("handled order-1 1");
        var recorder = new Recorder();
        var standBy = await HostAsync(recorder);
        await standBy.Log.WaitForAsync(line => line.Message.Contains("stands by", StringComparison.Ordinal), Ct);

        worker.Signal(PosixSignal.Kill);
        await worker.EndsAsync();
        var since = Stopwatch.GetTimestamp();
        await Events.AppendAsync("order-1", ExpectedVersion.Any, new Numbered(2), cancellationToken: Ct);
        await UntilAsync(() => recorder.Positions.Contains(2));
        Assert.InRange(Stopwatch.GetElapsedTime(since), TimeSpan.Zero, TimeSpan.FromSeconds(5));
    }

    [Fact]
    public async Task A_process_that_starts_after_a_kill_goes_on_at_once()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "signals are sent on Linux");
        await using (var worker = await Worker.StartAsync("handler", Database.ConnectionString, Name, LeaseInSeconds))
        {
            await Events.AppendAsync("order-1", ExpectedVersion.Any, new Numbered(1), cancellationToken: Ct);
            await worker.SaysAsync("handled order-1 1");
            worker.Signal(PosixSignal.Kill);
            await worker.EndsAsync();
        }

        var since = Stopwatch.GetTimestamp();
        var recorder = new Recorder();
        await HostAsync(recorder);
        await Events.AppendAsync("order-1", ExpectedVersion.Any, new Numbered(2), cancellationToken: Ct);
        await UntilAsync(() => recorder.Positions.Contains(2));
        Assert.InRange(Stopwatch.GetElapsedTime(since), TimeSpan.Zero, TimeSpan.FromSeconds(5));
    }

    [Fact]
    public async Task A_stopped_owner_lives_and_keeps_what_it_has()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "signals are sent on Linux");
        await using var worker = await Worker.StartAsync("handler", Database.ConnectionString, Name, LeaseInSeconds);
        await Events.AppendAsync("order-1", ExpectedVersion.Any, new Numbered(1), cancellationToken: Ct);
        await worker.SaysAsync("handled order-1 1");

        // Not in the middle of a write: stopped there, it would keep everybody from writing.
        await CheckpointReachesAsync(1);
        await Task.Delay(TimeSpan.FromMilliseconds(500), TimeProvider.System, Ct);
        worker.Signal(PosixSignal.Stop);
        var recorder = new Recorder();
        var standBy = await HostAsync(recorder);
        await standBy.Log.WaitForAsync(line => line.Message.Contains("stands by", StringComparison.Ordinal), Ct);
        await Events.AppendAsync("order-1", ExpectedVersion.Any, new Numbered(2), cancellationToken: Ct);
        await Task.Delay(TimeSpan.FromSeconds(3), TimeProvider.System, Ct);
        Assert.Empty(recorder.Positions);

        worker.Signal(PosixSignal.Continue);
        await worker.SaysAsync("handled order-1 2");
    }

    [Fact]
    public async Task Two_hosts_in_one_process_live_both()
    {
        var (first, second) = (new Recorder(), new Recorder());
        var owner = await HostAsync(first);
        await Events.AppendAsync("order-1", ExpectedVersion.Any, new Numbered(1), cancellationToken: Ct);
        await first.WaitForAsync(1, Ct);
        await HostAsync(second);
        await Events.AppendAsync("order-1", ExpectedVersion.Any, new Numbered(2), cancellationToken: Ct);
        await first.WaitForAsync(2, Ct);
        Assert.Empty(second.Positions);
        await EndAsync(owner);
        await Events.AppendAsync("order-1", ExpectedVersion.Any, new Numbered(3), cancellationToken: Ct);
        await UntilAsync(() => second.Positions.Contains(3));
    }

    [Fact]
    public async Task A_lock_is_held_until_it_is_released_or_its_process_ends()
    {
        Assert.SkipUnless(ProcessLocks.AreSupported, "the system has no such locks");
        var path = Path.Combine(Directory.CreateTempSubdirectory("eventstore-locks-").FullName, "shop.db");
        using (var locks = ProcessLocks.Of(path))
        {
            Assert.True(locks.IsFree(7));
            locks.Hold(7);
            Assert.False(locks.IsFree(7));
            Assert.True(locks.IsFree(8));
            Assert.True(await IsFreeElsewhereAsync(path, 8));
            Assert.False(await IsFreeElsewhereAsync(path, 7));
            locks.Release(7);
            Assert.True(await IsFreeElsewhereAsync(path, 7));
            locks.Hold(7);
        }

        Assert.True(await IsFreeElsewhereAsync(path, 7));
        Directory.Delete(Path.GetDirectoryName(path)!, recursive: true);
    }

    private static async Task<bool> IsFreeElsewhereAsync(string path, long place)
    {
        await using var worker = await Worker.StartAsync("lock", path, place);
        return worker.Lines.Contains("free");
    }
}
