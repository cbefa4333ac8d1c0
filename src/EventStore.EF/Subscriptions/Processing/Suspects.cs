using EventStore.EF.Subscriptions.Definitions;
using EventStore.EF.Subscriptions.Leases;
using Microsoft.Extensions.Logging;

namespace EventStore.EF.Subscriptions.Processing;

/// <summary>
/// Finds the event that ended the previous process, which ended without releasing the partition. No event starts before the row tells that
/// it may be in flight.
/// </summary>
/// <remarks>
/// The first events after the checkpoint run one at a time in this process: on a subscription without much to do, the event in question is
/// among them. The others that may have been in flight run as always, and the row tells in which block of them the process is. If it ends
/// again, those of that block run one at a time. As soon as all of them are done, nothing more is written, except for a parked event whose
/// replay ended a process: it runs alone whenever it is replayed.
/// </remarks>
internal sealed partial class Suspects
{
    /// <summary>How many events run alone before it is searched by blocks.</summary>
    private const int FirstAlone = 4;

    /// <summary>The longest time for which an event has the process to itself; other events may be waiting for what it waits for.</summary>
    private static readonly TimeSpan LongestAlone = TimeSpan.FromSeconds(30);

    private readonly SuspectRecord _record;
    private readonly SuspectBlocks _blocks;
    private readonly AloneGate _gate;
    private readonly TimeProvider _time;

    /// <summary>The block that the previous process was in; its events run alone.</summary>
    private readonly SuspectBlock? _zone;

    /// <summary>
    /// The cost of a futile wait, so that waiting for each other or for slow events doesn't go on for hours: ten such waits use up the
    /// count.
    /// </summary>
    private readonly int _penalty;

    private readonly bool _areAllAlone;
    private int _first;
    private int _left;
    private int _alone;
    private long _through = long.MaxValue;
    private volatile bool _isOver;

    /// <param name="lease">The lease of the partition.</param>
    /// <param name="most">How many events can have been in flight.</param>
    /// <param name="consumers">How many handlers run at the same time.</param>
    /// <param name="services">What all subscriptions share.</param>
    public Suspects(Lease lease, int most, int consumers, SubscriptionServices services)
    {
        (_left, _penalty, _gate, _time) = (most, (most / 10) + 1, services.Gate, services.Time);
        _record = new(lease, services);
        _blocks = new(_record);
        _zone = _record.Current.Block;
        _isOver = !_record.Current.IsSuspected;
        _areAllAlone = _zone is null && most <= SuspectBlocks.Size;

        // Beside other handlers of the partition it would not be alone.
        _first = _zone is null && consumers == 1 ? FirstAlone : 0;

        // A block before the checkpoint is that of a replay, which comes when it comes.
        if (_zone is { Through: var through } && through > lease.Position)
            _through = through;

        if (_zone is not null)
            LogSuspected(services.Logger, lease.Key.Name, lease.Key.Partition);
    }

    /// <summary>Whether events have to run through here: some of those in flight are not done, or some have been counted.</summary>
    public bool IsActive => !_isOver || !_record.Current.Ends.IsEmpty;

    /// <summary>Whether events that may have been in flight are not yet done.</summary>
    public bool IsSearching => !_isOver;

    /// <summary>The most events that may be handled together.</summary>
    public int MostTogether
        => _isOver ? int.MaxValue
        : _zone is not null || _areAllAlone || Volatile.Read(ref _first) > 0 ? 1
        : SuspectBlocks.Size;

    /// <summary>The number of times a process ended with this event alone in flight.</summary>
    public int EndsOf(long place) => _record.Current.EndsOf(place);

    /// <summary>Sets the position after which no event was in flight when the process ended: later events came later.</summary>
    public void Bound(long place)
    {
        // Only the partition's loop calls it.
        if (place < Interlocked.Read(ref _through))
            Interlocked.Exchange(ref _through, place);
    }

    /// <summary>Whether all events that may have been in flight are finished.</summary>
    /// <param name="finished">The finished position.</param>
    /// <param name="hasReplays">Whether parked events are yet to be replayed; the one that was in flight is among the first.</param>
    public bool IsThrough(long finished, bool hasReplays)
        => Volatile.Read(ref _alone) == 0
        && (Volatile.Read(ref _left) <= 0 || (!hasReplays && finished >= Interlocked.Read(ref _through)));

    /// <summary>Handles events; each of those that are suspected has the process to itself.</summary>
    /// <param name="from">The position of the first.</param>
    /// <param name="through">The position of the last, if several are handled together.</param>
    /// <param name="count">How many they are.</param>
    /// <param name="handle">Handles them.</param>
    /// <param name="ct">Cancels it.</param>
    public async ValueTask RunAsync(long from, long through, int count, Func<ValueTask> handle, CancellationToken ct)
    {
        var isCounted = count == 1 && EndsOf(from) > 0;
        if (_isOver && !isCounted)
        {
            await RunBesideAsync(handle, ct).ConfigureAwait(false);
            return;
        }

        var isFirst = count == 1 && !_isOver && Interlocked.Decrement(ref _first) >= 0;
        if (count == 1 && (isCounted || isFirst || _areAllAlone || _zone?.Contains(from) == true))
        {
            if (await TryBeginAloneAsync(from, ct).ConfigureAwait(false))
            {
                await RunAloneAsync(from, handle, ct).ConfigureAwait(false);
                return;
            }

            // Others don't end; the next first ones would wait for them too.
            Volatile.Write(ref _first, 0);
        }

        await RunInBlockAsync(from, through, count, handle, ct).ConfigureAwait(false);
    }

    /// <summary>Removes an event's count after the policy has decided about it.</summary>
    public Task ForgetAsync(long place) => _record.NoteAsync(suspicion => suspicion.Finished(place));

    /// <summary>Records that all events that may have been in flight are done.</summary>
    public async Task EndAsync(CancellationToken ct)
    {
        await _record.WriteAsync(static suspicion => suspicion.Over(), ct).ConfigureAwait(false);
        _isOver = true;
    }

    /// <summary>Before the partition is released: nothing is in flight, so its next owner looks where this one was told to.</summary>
    public Task LeaveAsync() => _isOver
        ? Task.CompletedTask
        : _record.NoteAsync(suspicion => suspicion.Interrupted().Within(_zone));

    private async ValueTask RunInBlockAsync(long from, long through, int count, Func<ValueTask> handle, CancellationToken ct)
    {
        await _blocks.StartAsync(from, through, count, ct).ConfigureAwait(false);
        try
        {
            await RunBesideAsync(handle, ct).ConfigureAwait(false);
            Interlocked.Add(ref _left, -count);
        }
        finally
        {
            _blocks.End(from, through);
        }
    }

    /// <summary>Handles events beside others, as soon as none runs alone.</summary>
    private async ValueTask RunBesideAsync(Func<ValueTask> handle, CancellationToken ct)
    {
        await _gate.EnterAsync(ct).ConfigureAwait(false);
        try
        {
            await handle().ConfigureAwait(false);
        }
        finally
        {
            _gate.Exit();
        }
    }

    /// <summary>Handles the event that has begun alone.</summary>
    private async ValueTask RunAloneAsync(long place, Func<ValueTask> handle, CancellationToken ct)
    {
        var isAlone = true;
        try
        {
            var handling = handle().AsTask();
            using (var enough = CancellationTokenSource.CreateLinkedTokenSource(ct))
            {
                await Task.WhenAny(handling, Task.Delay(LongestAlone, _time, enough.Token)).ConfigureAwait(false);
                await enough.CancelAsync().ConfigureAwait(false);
            }

            if (!handling.IsCompleted)
            {
                await _record.NoteAsync(suspicion => suspicion.Interrupted()).ConfigureAwait(false);
                Interlocked.Add(ref _left, -_penalty);
                isAlone = false;
                _gate.ExitAlone();
            }

            await handling.ConfigureAwait(false);
            await _record.NoteAsync(suspicion => suspicion.Finished(place)).ConfigureAwait(false);
            Interlocked.Decrement(ref _left);
        }
        catch when (isAlone)
        {
            await _record.NoteAsync(suspicion => suspicion.Interrupted()).ConfigureAwait(false);
            throw;
        }
        finally
        {
            Interlocked.Decrement(ref _alone);
            if (isAlone)
                _gate.ExitAlone();
        }
    }

    /// <summary>
    /// Enters alone and records the event, and that its successor looks at nothing else. False if others don't end; then it runs beside
    /// them.
    /// </summary>
    private async ValueTask<bool> TryBeginAloneAsync(long place, CancellationToken ct)
    {
        while (true)
        {
            if (!await _gate.TryEnterAloneAsync(ct).ConfigureAwait(false))
            {
                Interlocked.Add(ref _left, -_penalty);
                return false;
            }

            var isRecorded = false;
            Interlocked.Increment(ref _alone);
            try
            {
                isRecorded = await _blocks.TryBeginAloneAsync(place, ct).ConfigureAwait(false);
                if (isRecorded)
                    return true;
            }
            finally
            {
                if (!isRecorded)
                {
                    Interlocked.Decrement(ref _alone);
                    _gate.ExitAlone();
                }
            }

            // Outside: while this subscription's row is locked, the others of the process continue.
            await _record.WriteAsync(static suspicion => suspicion, ct).ConfigureAwait(false);
        }
    }

    [LoggerMessage(
        3507, LogLevel.Warning,
        "Processes that owned partition {Partition} of subscription '{Name}' ended one after the other without releasing it. The few " +
        "events that may have been in flight are handled one at a time, to find out whether one of them ends the process")]
    private static partial void LogSuspected(ILogger logger, SubscriptionName name, int partition);
}

/// <summary>An event that has ended the process as often as allowed is not handled again.</summary>
internal sealed class ProcessEndedException(RecordedEvent @event, int ends) : Exception(
    $"The process ended {(ends == 1 ? "once" : $"{ends} times")} while only event {@event.Position} ('{@event.EventType}') was being " +
    "handled. It was not handled again.");
