using System.Diagnostics.CodeAnalysis;
using EventStore.EF.Subscriptions.Definitions;
using EventStore.EF.Subscriptions.Leases;
using EventStore.EF.Threading;
using Microsoft.Extensions.Logging;

namespace EventStore.EF.Subscriptions.Processing;

/// <summary>
/// Finds the event that ended the previous process, which ended without releasing the partition. If the one before had ended so too, the
/// events that may have been in flight run one at a time in this process, each recorded before it starts, until all of them are done.
/// After that nothing more is written.
/// </summary>
[SuppressMessage(
    "Design", "CA1001:Types that own disposable fields should be disposable",
    Justification = "A SemaphoreSlim whose wait handle is never used holds nothing to dispose")]
internal sealed partial class Suspects
{
    /// <summary>The longest time for which an event has the process to itself; other events may be waiting for what it waits for.</summary>
    private static readonly TimeSpan LongestAlone = TimeSpan.FromSeconds(30);

    private static readonly TimeSpan LongestTroubleDelay = TimeSpan.FromSeconds(10);

    private readonly Lease _lease;
    private readonly SubscriptionServices _services;
    private readonly SemaphoreSlim _writing = new(1, 1);
    private Suspicion _suspicion;

    /// <summary>
    /// The cost of a futile wait, so that waiting for each other or for slow events doesn't go on for hours: ten such waits use up the
    /// count.
    /// </summary>
    private readonly int _penalty;

    private int _left;
    private long _through = long.MaxValue;
    private readonly bool _isAlone;
    private volatile bool _isNoted;
    private volatile bool _isActive = true;

    /// <param name="lease">The lease of the partition.</param>
    /// <param name="most">How many events can have been in flight.</param>
    /// <param name="services">What all subscriptions share.</param>
    public Suspects(Lease lease, int most, SubscriptionServices services)
    {
        (_lease, _left, _penalty, _services) = (lease, most, (most / 10) + 1, services);
        _suspicion = lease.Suspicion.Taken();
        _isAlone = _suspicion.IsSuspected;
        if (_isAlone)
            LogSuspected(services.Logger, lease.Key.Name, lease.Key.Partition, most);
    }

    /// <summary>Whether events that may have been in flight are not yet done.</summary>
    public bool IsActive => _isActive;

    /// <summary>The number of times a process ended with this event alone in flight.</summary>
    public int EndsOf(long place) => Volatile.Read(ref _suspicion).EndsOf(place);

    /// <summary>Sets the position after which no event was in flight when the process ended: later events came later.</summary>
    public void Bound(long place) => Interlocked.CompareExchange(ref _through, place, long.MaxValue);

    /// <summary>Whether all events that may have been in flight are finished.</summary>
    public bool IsThrough(long finished) => Volatile.Read(ref _left) <= 0 || finished >= Interlocked.Read(ref _through);

    /// <summary>Handles one event; while events are suspected, nothing else in this process is handled meanwhile.</summary>
    public async ValueTask RunAsync(long place, Func<ValueTask> handle, CancellationToken ct)
    {
        var gate = _services.Gate;
        if (!_isAlone)
        {
            if (!_isNoted)
                await WriteAsync(suspicion => suspicion, ct).ConfigureAwait(false);

            _isNoted = true;
            await RunBesideAsync(gate, handle, ct).ConfigureAwait(false);
            Interlocked.Decrement(ref _left);
            return;
        }

        if (place > Interlocked.Read(ref _through) || !await TryBeginAloneAsync(gate, place, ct).ConfigureAwait(false))
        {
            await RunBesideAsync(gate, handle, ct).ConfigureAwait(false);
            return;
        }

        var isAlone = true;
        try
        {
            var handling = handle().AsTask();
            using (var enough = CancellationTokenSource.CreateLinkedTokenSource(ct))
            {
                await Task.WhenAny(handling, Task.Delay(LongestAlone, _services.Time, enough.Token)).ConfigureAwait(false);
                await enough.CancelAsync().ConfigureAwait(false);
            }

            if (!handling.IsCompleted)
            {
                await TryWriteAsync(suspicion => suspicion.Interrupted()).ConfigureAwait(false);
                Interlocked.Add(ref _left, -_penalty);
                isAlone = false;
                gate.ExitAlone();
            }

            await handling.ConfigureAwait(false);
            await TryWriteAsync(suspicion => suspicion.Finished(place)).ConfigureAwait(false);
        }
        catch when (isAlone)
        {
            await TryWriteAsync(suspicion => suspicion.Interrupted()).ConfigureAwait(false);
            throw;
        }
        finally
        {
            Interlocked.Decrement(ref _left);
            if (isAlone)
                gate.ExitAlone();
        }
    }

    /// <summary>Handles one event beside others, as soon as no other runs alone.</summary>
    private static async ValueTask RunBesideAsync(AloneGate gate, Func<ValueTask> handle, CancellationToken ct)
    {
        await gate.EnterAsync(ct).ConfigureAwait(false);
        try
        {
            await handle().ConfigureAwait(false);
        }
        finally
        {
            gate.Exit();
        }
    }

    /// <summary>Enters alone and records the event. False if others don't end; then it runs beside them.</summary>
    private async ValueTask<bool> TryBeginAloneAsync(AloneGate gate, long place, CancellationToken ct)
    {
        while (true)
        {
            if (!await gate.TryEnterAloneAsync(ct).ConfigureAwait(false))
            {
                Interlocked.Add(ref _left, -_penalty);
                return false;
            }

            var isRecorded = false;
            try
            {
                isRecorded = await WriteOnceAsync(suspicion => suspicion.Begin(place), ct).ConfigureAwait(false);
                if (isRecorded)
                    return true;
            }
            finally
            {
                if (!isRecorded)
                    gate.ExitAlone();
            }

            // Outside: while this subscription's row is locked, the others of the process continue.
            await WriteAsync(suspicion => suspicion, ct).ConfigureAwait(false);
        }
    }

    /// <summary>Removes an event's count after the policy has decided about it.</summary>
    public Task ForgetAsync(long place) => TryWriteAsync(suspicion => suspicion.Finished(place));

    /// <summary>Records that all events that may have been in flight are done.</summary>
    public async Task EndAsync(CancellationToken ct)
    {
        await WriteAsync(_ => Suspicion.None, ct).ConfigureAwait(false);
        _isActive = false;
    }

    /// <summary>Writes until it succeeds.</summary>
    private async Task WriteAsync(Func<Suspicion, Suspicion> change, CancellationToken ct)
    {
        using var ending = CancellationTokenSource.CreateLinkedTokenSource(ct, _lease.Lost);
        for (var troubles = 0; !await WriteOnceAsync(change, ending.Token).ConfigureAwait(false);)
        {
            var delay = Backoff.Delay(++troubles, _services.StoreOptions.RetryDelay, LongestTroubleDelay);
            await Task.Delay(delay, _services.Time, ending.Token).ConfigureAwait(false);
        }
    }

    /// <summary>Attempts to write, even while the host stops.</summary>
    private async Task TryWriteAsync(Func<Suspicion, Suspicion> change)
    {
        using var limit = new CancellationTokenSource(LongestTroubleDelay, _services.Time);
        try
        {
            await WriteOnceAsync(change, limit.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            // The next write includes it.
        }
    }

    private async Task<bool> WriteOnceAsync(Func<Suspicion, Suspicion> change, CancellationToken ct)
    {
        await _writing.WaitAsync(ct).ConfigureAwait(false);
        try
        {
            var changed = change(_suspicion);
            await _services.Leases.SuspectAsync(_lease, changed, ct).ConfigureAwait(false);
            Volatile.Write(ref _suspicion, changed);
            return true;
        }
        catch (Exception exception) when (!ct.IsCancellationRequested)
        {
            _ = _services.Storage.Classify(exception);
            return false;
        }
        finally
        {
            _writing.Release();
        }
    }

    [LoggerMessage(
        LogLevel.Warning,
        "Processes that owned partition {Partition} of subscription '{Name}' ended one after the other without releasing it. Up to " +
        "{Most} events that may have been in flight are handled one at a time, to find out whether one of them ends the process")]
    private static partial void LogSuspected(ILogger logger, SubscriptionName name, int partition, int most);
}

/// <summary>An event that has ended the process as often as allowed is not handled again.</summary>
internal sealed class ProcessEndedException(RecordedEvent @event, int ends) : Exception(
    $"The process ended {ends} times while only event {@event.Position} ('{@event.EventType}') was being handled. " +
    "It was not handled again.");
