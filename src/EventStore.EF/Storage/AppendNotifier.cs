using EventStore.EF.Threading;
using Microsoft.Extensions.Logging;

namespace EventStore.EF.Storage;

/// <summary>
/// Notifies waiting readers of new events: those of this process immediately, other processes by an announcement after the commit. Appends
/// within a few milliseconds share one announcement. An announcement is never part of an append's transaction, where it would hold a lock
/// on the whole cluster until the flush.
/// </summary>
internal sealed partial class AppendNotifier : IAsyncDisposable
{
    /// <summary>
    /// The first append is announced immediately; those within this time are announced together. An announcement costs as much as an
    /// append.
    /// </summary>
    private static readonly TimeSpan Coalescing = TimeSpan.FromMilliseconds(5);

    private readonly IStorage _storage;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly Signal _announce = new();
    private readonly CancellationTokenSource _stopping = new();
    private readonly Lock _starting = new();
    private Task? _announcer;
    private long _uncommitted;

    public AppendNotifier(IStorage storage, TimeProvider time, ILogger logger)
    {
        _storage = storage;
        _time = time;
        _logger = logger;
    }

    /// <summary>Set whenever there may be new events; wakes readers of all events.</summary>
    public Signal Events { get; } = new();

    /// <summary>
    /// Also set at these times, and when a subscription to a stream is added; wakes the readers of single streams, and readers of all
    /// events where nobody announces appends.
    /// </summary>
    public Signal Streams { get; } = new();

    /// <summary>
    /// The highest position of an append in a caller's transaction, whose commit is not observed here. It may never become visible.
    /// </summary>
    public long Uncommitted => Interlocked.Read(ref _uncommitted);

    /// <summary>Records that this process has appended in a caller's transaction, which is still open.</summary>
    public void AppendedUncommitted(long position)
    {
        for (var seen = Uncommitted; seen < position;)
        {
            var before = Interlocked.CompareExchange(ref _uncommitted, position, seen);
            if (before == seen)
                break;

            seen = before;
        }

        Wake();
    }

    /// <summary>Wakes all readers: there may be new events.</summary>
    public void Wake()
    {
        Events.Set();
        Streams.Set();
    }

    /// <summary>
    /// Records that this process has appended or otherwise changed a stream, or has observed that a caller's transaction did.
    /// </summary>
    public void Appended()
    {
        Wake();
        _announce.Set();
        if (_announcer is null)
            Start();
    }

    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync().ConfigureAwait(false);
        if (_announcer is { } announcer)
            await announcer.ConfigureAwait(false);

        _stopping.Dispose();
    }

    private void Start()
    {
        lock (_starting)
        {
            if (!_stopping.IsCancellationRequested)
                _announcer ??= DetachedTask.RunAsync(AnnounceAsync);
        }
    }

    private async Task AnnounceAsync()
    {
        var ct = _stopping.Token;
        while (!ct.IsCancellationRequested)
        {
            try
            {
                await _announce.WaitAsync(ct).ConfigureAwait(false);
                await _storage.AnnounceAsync(StoreChange.Appended, ct).ConfigureAwait(false);
                await Task.Delay(Coalescing, _time, ct).ConfigureAwait(false);
            }
            catch (Exception) when (ct.IsCancellationRequested)
            {
                // Cancelled, or the application's services are being disposed while it runs.
                return;
            }
            catch (Exception exception)
            {
                // Nothing is lost: the other processes poll. The next append announces again.
                _ = _storage.Classify(exception);
                LogNotAnnounced(_logger, exception.Message);
            }
        }
    }

    [LoggerMessage(6001, LogLevel.Debug, "An append could not be announced to other processes, which will find it by polling: {Reason}")]
    private static partial void LogNotAnnounced(ILogger logger, string reason);
}
