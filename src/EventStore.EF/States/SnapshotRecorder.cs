using System.Collections.Concurrent;
using EventStore.EF.Threading;
using Microsoft.Extensions.Logging;

namespace EventStore.EF.States;

/// <summary>
/// Records snapshots of states in the background, at most one of each at a time. A failure is logged; a later load tries again.
/// </summary>
internal sealed partial class SnapshotRecorder(ILogger logger) : IAsyncDisposable
{
    private readonly ConcurrentDictionary<(StreamName, string), Task> _running = new();

    /// <param name="snapshots">Stores the snapshot.</param>
    /// <param name="stream">The stream.</param>
    /// <param name="type">The snapshot's type.</param>
    /// <param name="make">
    /// Creates the snapshot. It is called before this method returns, because the caller may change the state afterwards.
    /// </param>
    public void Record(ISnapshots snapshots, StreamName stream, string type, Func<Snapshot> make)
    {
        var done = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        if (_running.TryAdd((stream, type), done.Task))
            _ = RecordAsync(snapshots, stream, type, make, done);
    }

    /// <summary>Waits for the snapshots being recorded.</summary>
    public async ValueTask DisposeAsync() => await WhenIdleAsync().ConfigureAwait(false);

    public Task WhenIdleAsync() => Task.WhenAll(_running.Values);

    private async Task RecordAsync(ISnapshots snapshots, StreamName stream, string type, Func<Snapshot> make, TaskCompletionSource done)
    {
        try
        {
            var snapshot = make();

            // The load that asked for the snapshot doesn't wait for it, not even for the connection, and may be inside a transaction that
            // ends earlier.
            await DetachedTask.RunAsync(() => snapshots.RecordAsync(snapshot)).ConfigureAwait(false);
        }
        catch (Exception exception)
        {
            LogFailure(exception, type, stream.Value);
        }
        finally
        {
            _running.TryRemove((stream, type), out _);
            done.SetResult();
        }
    }

    [LoggerMessage(1501, LogLevel.Warning, "The snapshot '{Type}' of stream '{Stream}' was not recorded")]
    private partial void LogFailure(Exception exception, string type, string stream);
}
