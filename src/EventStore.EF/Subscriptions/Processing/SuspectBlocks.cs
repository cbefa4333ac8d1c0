using System.Diagnostics.CodeAnalysis;
using EventStore.EF.Subscriptions.Definitions;

namespace EventStore.EF.Subscriptions.Processing;

/// <summary>
/// Knows the events in flight of a partition, and records positions among which they are: before an event outside of the recorded ones
/// starts, a new block is recorded, which contains all in flight and about as many more as <see cref="Size"/>.
/// </summary>
/// <param name="record">The record of the partition.</param>
[SuppressMessage(
    "Design", "CA1001:Types that own disposable fields should be disposable",
    Justification = "A SemaphoreSlim whose wait handle is never used holds nothing to dispose")]
internal sealed class SuspectBlocks(SuspectRecord record)
{
    /// <summary>How many events are in a block: that many then run one at a time, which is slower by far than a record.</summary>
    public const int Size = 16;

    private readonly SemaphoreSlim _starting = new(1, 1);
    private readonly Lock _lock = new();
    private readonly List<(long From, long Through)> _running = [];
    private SuspectBlock? _recorded;
    private long? _first;
    private int _started;

    /// <summary>Completes when the events of these positions may start.</summary>
    /// <param name="from">The first event's.</param>
    /// <param name="through">The last event's, if several are handled together.</param>
    /// <param name="count">How many they are.</param>
    /// <param name="ct">Cancels it; they then are not in flight.</param>
    public async ValueTask StartAsync(long from, long through, int count, CancellationToken ct)
    {
        await _starting.WaitAsync(ct).ConfigureAwait(false);
        try
        {
            if (_recorded is not { } recorded || !recorded.Contains(from) || !recorded.Contains(through))
            {
                var block = Next(new(from, through));
                await record.WriteAsync(suspicion => suspicion.Within(block), ct).ConfigureAwait(false);
                _recorded = block;
            }

            _started += count;
            lock (_lock)
                _running.Add((from, through));
        }
        finally
        {
            _starting.Release();
        }
    }

    /// <summary>
    /// Records the event that begins alone, in a block with those that wait until it is done. False if that was not recorded: the database
    /// failed, or another event is being recorded.
    /// </summary>
    public async ValueTask<bool> TryBeginAloneAsync(long place, CancellationToken ct)
    {
        // Nothing else in the process runs now, so it doesn't wait.
        if (!await _starting.WaitAsync(TimeSpan.Zero, ct).ConfigureAwait(false))
            return false;

        try
        {
            var block = AndRunning(new(place, place));
            if (!await record.TryWriteAsync(suspicion => suspicion.Within(block).Begin(place), ct).ConfigureAwait(false))
                return false;

            _recorded = block;
            return true;
        }
        finally
        {
            _starting.Release();
        }
    }

    /// <summary>The events are no longer in flight.</summary>
    public void End(long from, long through)
    {
        lock (_lock)
            _running.Remove((from, through));
    }

    /// <summary>
    /// The block in which events may start. Positions between events belong to other partitions, streams and types: how far it extends
    /// follows from the distance of the events so far.
    /// </summary>
    private SuspectBlock Next(SuspectBlock starting)
    {
        _first ??= starting.From;
        var distance = Math.Max(0, starting.From - _first.Value) / Math.Max(1, _started);
        return AndRunning(starting with { Through = starting.Through + (Math.Max(1, distance) * (Size - 1)) });
    }

    private SuspectBlock AndRunning(SuspectBlock block)
    {
        lock (_lock)
            return _running.Aggregate(block, (all, one) => all.And(new(one.From, one.Through)));
    }
}
