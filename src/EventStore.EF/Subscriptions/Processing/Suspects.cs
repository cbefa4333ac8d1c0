using EventStore.EF.Subscriptions.Leases;
using Microsoft.Extensions.Logging;

namespace EventStore.EF.Subscriptions.Processing;

/// <summary>
/// Finds the event that ended the previous process, which ended without releasing the partition. The events that may have been in flight
/// run as always, but it is recorded in which block of them the process is. If it ends again, those of that block run one at a time in this
/// process, each recorded before it starts. As soon as all of them are done, nothing more is written.
/// </summary>
internal sealed partial class Suspects
{
    /// <summary>The longest time for which an event has the process to itself; other events may be waiting for what it waits for.</summary>
    private static readonly TimeSpan LongestAlone = TimeSpan.FromSeconds(30);

    private readonly SuspectRecord _record;
    private readonly SuspectBlocks? _blocks;
    private readonly AloneGate _gate;
    private readonly TimeProvider _time;

    /// <summary>
    /// The cost of a futile wait, so that waiting for each other or for slow events doesn't go on for hours: ten such waits use up the
    /// count.
    /// </summary>
    private readonly int _penalty;

    private readonly long _from;
    private int _left;
    private long _through = long.MaxValue;
    private volatile bool _isActive = true;

    /// <param name="lease">The lease of the partition.</param>
    /// <param name="most">How many events can have been in flight.</param>
    /// <param name="services">What all subscriptions share.</param>
    public Suspects(Lease lease, int most, SubscriptionServices services)
    {
        (_left, _penalty, _gate, _time) = (most, (most / 10) + 1, services.Gate, services.Time);
        _record = new(lease, services);
        if (!_record.Current.IsNarrow && most > SuspectBlocks.Size)
        {
            _blocks = new(_record);
            return;
        }

        if (_record.Current.Block is { } block)
            (_from, _through) = (block.From, block.Through);

        LogSuspected(services.Logger, lease.Key.Name, lease.Key.Partition);
    }

    /// <summary>Whether events that may have been in flight are not yet done.</summary>
    public bool IsActive => _isActive;

    /// <summary>The most events that may be handled together.</summary>
    public int MostTogether => _blocks is null ? 1 : SuspectBlocks.Size;

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
    public bool IsThrough(long finished) => Volatile.Read(ref _left) <= 0 || finished >= Interlocked.Read(ref _through);

    /// <summary>
    /// Handles events; while few are suspected, each of these has the process to itself.
    /// </summary>
    /// <param name="from">The position of the first.</param>
    /// <param name="through">The position of the last, if several are handled together.</param>
    /// <param name="count">How many they are.</param>
    /// <param name="handle">Handles them.</param>
    /// <param name="ct">Cancels it.</param>
    public async ValueTask RunAsync(long from, long through, int count, Func<ValueTask> handle, CancellationToken ct)
    {
        if (_blocks is not null)
            await RunInBlockAsync(_blocks, from, through, count, handle, ct).ConfigureAwait(false);
        else if (from < _from || from > Interlocked.Read(ref _through) || !await TryBeginAloneAsync(from, ct).ConfigureAwait(false))
            await RunBesideAsync(handle, ct).ConfigureAwait(false);
        else
            await RunAloneAsync(from, handle, ct).ConfigureAwait(false);
    }

    /// <summary>Removes an event's count after the policy has decided about it.</summary>
    public Task ForgetAsync(long place) => _record.NoteAsync(suspicion => suspicion.Finished(place));

    /// <summary>Records that all events that may have been in flight are done.</summary>
    public async Task EndAsync(CancellationToken ct)
    {
        await _record.WriteAsync(_ => Definitions.Suspicion.None, ct).ConfigureAwait(false);
        _isActive = false;
    }

    private async ValueTask RunInBlockAsync(
        SuspectBlocks blocks, long from, long through, int count, Func<ValueTask> handle, CancellationToken ct)
    {
        await blocks.StartAsync(from, through, ct).ConfigureAwait(false);
        try
        {
            await RunBesideAsync(handle, ct).ConfigureAwait(false);
        }
        finally
        {
            blocks.End(from, through);
            Interlocked.Add(ref _left, -count);
        }
    }

    /// <summary>Handles one event beside others, as soon as no other runs alone.</summary>
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
        }
        catch when (isAlone)
        {
            await _record.NoteAsync(suspicion => suspicion.Interrupted()).ConfigureAwait(false);
            throw;
        }
        finally
        {
            Interlocked.Decrement(ref _left);
            if (isAlone)
                _gate.ExitAlone();
        }
    }

    /// <summary>Enters alone and records the event. False if others don't end; then it runs beside them.</summary>
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
            try
            {
                isRecorded = await _record.TryWriteAsync(suspicion => suspicion.Begin(place), ct).ConfigureAwait(false);
                if (isRecorded)
                    return true;
            }
            finally
            {
                if (!isRecorded)
                    _gate.ExitAlone();
            }

            // Outside: while this subscription's row is locked, the others of the process continue.
            await _record.WriteAsync(suspicion => suspicion, ct).ConfigureAwait(false);
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
    $"The process ended {ends} times while only event {@event.Position} ('{@event.EventType}') was being handled. " +
    "It was not handled again.");
