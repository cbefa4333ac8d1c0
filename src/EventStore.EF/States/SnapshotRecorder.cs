using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;

namespace EventStore.EF;

/// <summary>Records snapshots of states in the background, at most one of each at a time. What fails is logged and comes again with a later load.</summary>
internal sealed partial class SnapshotRecorder(ILogger<SnapshotRecorder> logger) : IAsyncDisposable
{
    private readonly ConcurrentDictionary<(StreamName, string), Task> _running = new();

    /// <param name="snapshots">Where it is kept.</param>
    /// <param name="stream">The stream it is made of.</param>
    /// <param name="type">Its type.</param>
    /// <param name="make">Makes it; called before this returns, because the caller may go on to change the state.</param>
    public void Record(ISnapshots snapshots, StreamName stream, string type, Func<Snapshot> make)
    {
        var done = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        if (_running.TryAdd((stream, type), done.Task))
            _ = RecordAsync(snapshots, stream, type, make, done);
    }

    /// <summary>Waits for those on their way.</summary>
    public async ValueTask DisposeAsync() => await WhenIdleAsync().ConfigureAwait(false);

    public Task WhenIdleAsync() => Task.WhenAll(_running.Values);

    private async Task RecordAsync(ISnapshots snapshots, StreamName stream, string type, Func<Snapshot> make, TaskCompletionSource done)
    {
        try
        {
            var snapshot = make();

            // The load that asked for it doesn't wait, not even for the connection, and may be inside a transaction that ends before.
            await Apart.RunAsync(() => snapshots.RecordAsync(snapshot)).ConfigureAwait(false);
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

    [LoggerMessage(Level = LogLevel.Warning, Message = "The snapshot '{Type}' of stream '{Stream}' was not recorded")]
    private partial void LogFailure(Exception exception, string type, string stream);
}
