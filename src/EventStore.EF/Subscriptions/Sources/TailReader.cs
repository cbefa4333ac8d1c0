using Microsoft.Extensions.Logging;

namespace EventStore.EF;

/// <summary>
/// Reads new events once, whatever the number of subscriptions in this process, and hands them to all that have caught up.
/// It wakes at once for this process's appends, within milliseconds for those of others, and within a polling interval when the
/// <see cref="StreamWatch"/> sees that there are some which nobody told of.
/// </summary>
internal sealed partial class TailReader(
    IStorage storage, WakeUp wakeUp, HeldBackWatch heldBack, EventStoreOptions options, TimeProvider time, ILogger<TailReader> logger)
{
    private const int PageSize = 1000;

    /// <summary>The first wait while an open transaction holds events back; doubled up to the polling interval.</summary>
    private static readonly TimeSpan FirstLook = TimeSpan.FromMilliseconds(1);

    private readonly ReadPace _pace = new(time);
    private readonly Lock _lock = new();
    private readonly List<LiveBuffer> _buffers = [];
    private readonly Signal _attached = new();
    private long _position;

    /// <summary>How far it has read; <see langword="null"/> while it reads for nobody.</summary>
    public long? Position
    {
        get
        {
            lock (_lock)
                return _buffers.Count == 0 ? null : _position;
        }
    }

    /// <summary>
    /// Takes in a subscription that has received everything up to <paramref name="position"/>. Returns false when this reader is
    /// ahead of it: it must read up to here from storage first.
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
        wakeUp.Wake();
        return true;
    }

    public void Detach(LiveBuffer buffer)
    {
        lock (_lock)
            _buffers.Remove(buffer);
    }

    /// <summary>Reads until cancelled. Trouble with the database is logged and tried again.</summary>
    public async Task RunAsync(CancellationToken ct)
    {
        var look = FirstLook;
        var expected = 0L;
        var hasLarge = false;
        var life = storage.Life;
        while (!ct.IsCancellationRequested)
        {
            long position;
            bool isIdle;
            lock (_lock)
                (position, isIdle) = (_position, _buffers.Count == 0);

            if (isIdle)
            {
                await _attached.WaitAsync(ct).ConfigureAwait(false);
                continue;
            }

            AllPage page;
            try
            {
                page = await storage.ReadAllAsync(
                    new(ReadDirection.Forward, position + 1, PageSize, EventFilter.All) { IsBackground = true, ExpectsLarge = hasLarge }, ct).ConfigureAwait(false);
                hasLarge = page.HasLarge;
                await heldBack.ObserveAsync(page, ct).ConfigureAwait(false);
            }
            catch (Exception exception) when (exception is not OperationCanceledException || !ct.IsCancellationRequested)
            {
                _ = storage.Classify(exception);
                LogReadFailed(logger, options.PollingInterval, exception);
                await Task.Delay(options.PollingInterval, time, ct).ConfigureAwait(false);
                continue;
            }

            // Whoever answers now may be behind what was handed out already. Each subscription sees for itself where to go on.
            if (storage.Life != life)
            {
                life = storage.Life;
                GiveUp();
                continue;
            }

            HandOut(page, position, life);
            if (!page.IsEnd)
                continue;

            // What a caller's open transaction wrote is looked for soon and then ever less often: its commit tells nobody, and a rollback
            // leaves nothing to be seen.
            var uncommitted = wakeUp.Uncommitted;
            if (uncommitted > expected)
                (expected, look) = (uncommitted, FirstLook);

            var isExpecting = page.IsHeldBack || page.Through < expected;
            if (!isExpecting)
                look = FirstLook;

            if (!isExpecting)
            {
                await wakeUp.Events.WaitAsync(ct).ConfigureAwait(false);
                if (_pace.Next() is { Ticks: > 0 } pause)
                    await Task.Delay(pause, time, ct).ConfigureAwait(false);

                continue;
            }

            await wakeUp.Events.WaitAsync(look, time, ct).ConfigureAwait(false);
            look = look * 2 < options.PollingInterval ? look * 2 : options.PollingInterval;
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

    private void HandOut(AllPage page, long readAfter, long life)
    {
        if (page.Through <= readAfter)
            return;

        lock (_lock)
        {
            // When all subscriptions left and another came meanwhile, the position may have been set anew.
            if (_position != readAfter)
                return;

            _position = page.Through;
            _buffers.RemoveAll(buffer => !buffer.Offer(page.Events, page.Through, life));
        }
    }

    [LoggerMessage(LogLevel.Warning, "New events could not be read; the next try is in {Delay}")]
    private static partial void LogReadFailed(ILogger logger, TimeSpan delay, Exception exception);
}
