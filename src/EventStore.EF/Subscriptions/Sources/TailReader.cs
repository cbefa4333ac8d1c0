using EventStore.EF.Storage;
using EventStore.EF.Telemetry;
using EventStore.EF.Threading;
using Microsoft.Extensions.Logging;

namespace EventStore.EF.Subscriptions.Sources;

/// <summary>
/// Reads new events once, however many subscriptions this process has, and hands them to all that have caught up. It wakes immediately for
/// appends of this process, within milliseconds for those of others, and within a polling interval when the <see cref="StreamPoller"/>
/// finds events that were not announced.
/// </summary>
internal sealed partial class TailReader(
    IStorage storage, AppendNotifier notifier, GapMonitor heldBack, StoreMeter meter, LoopMonitor loops, EventStoreOptions options,
    TimeProvider time, ILogger logger)
{
    private const int PageSize = 1000;

    /// <summary>The first wait while an open transaction holds events back; doubled up to the polling interval.</summary>
    private static readonly TimeSpan FirstLook = TimeSpan.FromMilliseconds(1);

    private readonly ReadPace _pace = new(time);
    private readonly Lock _lock = new();
    private readonly List<LiveBuffer> _buffers = [];
    private readonly Signal _attached = new();
    private readonly Loop _loop = loops.Get("tail reader");
    private long _position;

    /// <summary>The position up to which it has read; <see langword="null"/> while it has no readers.</summary>
    public long? Position
    {
        get
        {
            lock (_lock)
                return _buffers.Count == 0 ? null : _position;
        }
    }

    /// <summary>
    /// Adds a subscription that has received everything up to <paramref name="position"/>. False if this reader is ahead of it: the
    /// subscription must first read up to here from storage.
    /// </summary>
    public bool TryAttach(LiveBuffer buffer, long position)
    {
        lock (_lock)
        {
            if (_buffers.Count == 0)
                _position = position;
            else if (position < _position)
                return false;

            buffer.Start(position);
            _buffers.Add(buffer);
        }

        _attached.Set();
        notifier.Wake();
        return true;
    }

    public void Detach(LiveBuffer buffer)
    {
        lock (_lock)
            _buffers.Remove(buffer);
    }

    /// <summary>Reads until cancelled. Trouble with the database is logged and retried.</summary>
    public Task RunAsync(CancellationToken ct) => _loop.RunAsync(ReadAsync, ct);

    private async Task ReadAsync(CancellationToken ct)
    {
        var look = FirstLook;
        var expected = 0L;
        var hasLarge = false;
        var incarnation = storage.Incarnation;
        while (!ct.IsCancellationRequested)
        {
            long position;
            bool isIdle;
            lock (_lock)
                (position, isIdle) = (_position, _buffers.Count == 0);

            if (isIdle)
            {
                _loop.Waits();
                await _attached.WaitAsync(ct).ConfigureAwait(false);
                continue;
            }

            AllPage page;
            _loop.Works();
            try
            {
                page = await storage.ReadAllAsync(
                    new(ReadDirection.Forward, position + 1, PageSize, EventFilter.All) { IsBackground = true, ExpectsLarge = hasLarge },
                    ct).ConfigureAwait(false);
                hasLarge = page.HasLarge;
                await heldBack.ObserveAsync(page, ct).ConfigureAwait(false);
            }
            catch (Exception exception) when (exception is not OperationCanceledException || !ct.IsCancellationRequested)
            {
                _ = storage.Classify(exception);
                LogReadFailed(logger, options.PollingInterval, exception);

                // Every subscription arrives at the contradiction itself, and says that it can't pass it.
                if (exception is InconsistentStoreException)
                    GiveUp();

                _loop.Waits(options.PollingInterval);
                await Task.Delay(options.PollingInterval, time, ct).ConfigureAwait(false);
                continue;
            }

            // The server that answers now may be behind what was already handed out. Each subscription finds out where to continue.
            if (storage.Incarnation != incarnation)
            {
                incarnation = storage.Incarnation;
                GiveUp();
                continue;
            }

            HandOut(page, position, incarnation);
            if (!page.IsEnd)
                continue;

            // Events written in a caller's open transaction are looked for soon and then less and less often: its commit is not announced,
            // and a rollback leaves nothing to see.
            var uncommitted = notifier.Uncommitted;
            if (uncommitted > expected)
                (expected, look) = (uncommitted, FirstLook);

            var isExpecting = page.IsHeldBack || page.Through < expected;
            if (!isExpecting)
                look = FirstLook;

            if (!isExpecting)
            {
                _loop.Waits();
                await notifier.Events.WaitAsync(ct).ConfigureAwait(false);
                if (_pace.Next() is { Ticks: > 0 } pause)
                    await Task.Delay(pause, time, ct).ConfigureAwait(false);

                continue;
            }

            _loop.Waits(look);
            await notifier.Events.WaitAsync(look, time, ct).ConfigureAwait(false);
            look = Backoff.Doubled(look, options.PollingInterval);
        }
    }

    private void GiveUp()
    {
        lock (_lock)
        {
            _buffers.ForEach(buffer => buffer.GiveUp());
            _buffers.Clear();
        }
    }

    private void HandOut(AllPage page, long readAfter, long incarnation)
    {
        if (page.Through <= readAfter)
            return;

        lock (_lock)
        {
            // If all subscriptions have left and another has joined in the meantime, the position may have been reset.
            if (_position != readAfter)
                return;

            _position = page.Through;
            _buffers.RemoveAll(buffer => !buffer.Offer(page.Events, page.Through, incarnation));
        }

        meter.HandedOut(page.Events, time);
    }

    [LoggerMessage(2005, LogLevel.Warning, "New events could not be read; the next attempt is in {Delay}")]
    private static partial void LogReadFailed(ILogger logger, TimeSpan delay, Exception exception);
}
