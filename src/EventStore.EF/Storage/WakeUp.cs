using Microsoft.Extensions.Logging;

namespace EventStore.EF;

/// <summary>
/// Tells who waits for events that there are some: this process at once, the others by an announcement after the commit. Many
/// appends in a few milliseconds share one announcement; none is ever part of an append's transaction, where it would take a lock
/// on the whole cluster until the flush.
/// </summary>
internal sealed partial class WakeUp : IAsyncDisposable
{
    /// <summary>The first append is announced at once, those of this time together. An announcement costs as much as an append.</summary>
    private static readonly TimeSpan Coalescing = TimeSpan.FromMilliseconds(5);

    private readonly IStorage _storage;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly Signal _announce = new();
    private readonly CancellationTokenSource _stopping = new();
    private readonly Lock _starting = new();
    private Task? _announcer;
    private long _uncommitted;

    public WakeUp(IStorage storage, TimeProvider time, ILogger<WakeUp> logger)
    {
        _storage = storage;
        _time = time;
        _logger = logger;
    }

    /// <summary>Set whenever there may be new events, for whoever reads them all.</summary>
    public Signal Events { get; } = new();

    /// <summary>Set at the same times, and when there is more to look after, for whoever looks after single streams, and after all when nobody is told.</summary>
    public Signal Streams { get; } = new();

    /// <summary>
    /// The highest position taken in a transaction of a caller's, whose commit nobody here sees. It may never show.
    /// </summary>
    public long Uncommitted => Interlocked.Read(ref _uncommitted);

    /// <summary>This process has appended in a transaction of a caller's, which is still open.</summary>
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

    /// <summary>There may be new events.</summary>
    public void Wake()
    {
        Events.Set();
        Streams.Set();
    }

    /// <summary>This process has appended, or changed a stream otherwise, or sees that a caller's transaction has.</summary>
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
                _announcer ??= Apart.RunAsync(AnnounceAsync);
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
                // Cancelled, or the application's services are being disposed of under its hands.
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

    [LoggerMessage(LogLevel.Debug, "An append could not be announced to other processes, which will find it by polling: {Reason}")]
    private static partial void LogNotAnnounced(ILogger logger, string reason);
}
