using System.Diagnostics.CodeAnalysis;
using Microsoft.Extensions.Logging;

namespace EventStore.EF;

/// <summary>
/// After a process has ended without giving a partition back, one of the events that were in flight may have ended it. They run one at a time in
/// this process, each recorded before it begins, until all that can have been in flight is through. Then nothing is written any more.
/// </summary>
[SuppressMessage("Design", "CA1001:Types that own disposable fields should be disposable", Justification = "A semaphore whose handle nobody asks for holds nothing to free")]
internal sealed partial class Suspects
{
    /// <summary>For so long an event has the process for itself; others may be waiting for what it waits for.</summary>
    private static readonly TimeSpan LongestAlone = TimeSpan.FromSeconds(30);

    private static readonly TimeSpan LongestTroubleDelay = TimeSpan.FromSeconds(10);

    private readonly Lease _lease;
    private readonly SubscriptionParts _parts;
    private readonly SemaphoreSlim _writing = new(1, 1);
    private Suspicion _suspicion;

    /// <summary>Where events wait for each other, or for slow ones, in vain, that is not to go on for hours: ten times are enough.</summary>
    private readonly int _penalty;

    private int _left;
    private long _through = long.MaxValue;
    private volatile bool _isActive = true;

    /// <param name="lease">The hold on the partition.</param>
    /// <param name="most">How many events can have been in flight.</param>
    /// <param name="parts">What all subscriptions share.</param>
    public Suspects(Lease lease, int most, SubscriptionParts parts)
    {
        (_lease, _left, _penalty, _parts) = (lease, most, (most / 10) + 1, parts);
        _suspicion = lease.Suspicion.Taken();
        LogSuspected(parts.Logger, lease.Key.Name, lease.Key.Partition, most);
    }

    /// <summary>Whether events run one at a time.</summary>
    public bool IsActive => _isActive;

    /// <summary>How often a process ended with this event alone in flight.</summary>
    public int EndsOf(long place) => Volatile.Read(ref _suspicion).EndsOf(place);

    /// <summary>What lies behind this place was not in flight when the process ended: it came later.</summary>
    public void Bound(long place) => Interlocked.CompareExchange(ref _through, place, long.MaxValue);

    /// <summary>Whether all that may have been in flight is finished.</summary>
    public bool IsThrough(long finished) => Volatile.Read(ref _left) <= 0 || finished >= Interlocked.Read(ref _through);

    /// <summary>Runs what handles one event while nothing else of this process is handled.</summary>
    public async ValueTask RunAsync(long place, Func<ValueTask> handle, CancellationToken ct)
    {
        var gate = _parts.Gate;
        if (place > Interlocked.Read(ref _through) || !await TryEnterAloneAsync(gate, ct).ConfigureAwait(false))
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

            return;
        }

        var isAlone = true;
        try
        {
            await WriteAsync(suspicion => suspicion.Begin(place), ct).ConfigureAwait(false);
            var handling = handle().AsTask();
            using (var enough = CancellationTokenSource.CreateLinkedTokenSource(ct))
            {
                await Task.WhenAny(handling, Task.Delay(LongestAlone, _parts.Time, enough.Token)).ConfigureAwait(false);
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

    private async ValueTask<bool> TryEnterAloneAsync(AloneGate gate, CancellationToken ct)
    {
        if (await gate.TryEnterAloneAsync(ct).ConfigureAwait(false))
            return true;

        Interlocked.Add(ref _left, -_penalty);
        return false;
    }

    /// <summary>The policy has decided about an event: what is counted of it counts no more.</summary>
    public Task ForgetAsync(long place) => TryWriteAsync(suspicion => suspicion.Finished(place));

    /// <summary>What was in flight is through.</summary>
    public async Task EndAsync(CancellationToken ct)
    {
        await WriteAsync(_ => Suspicion.None, ct).ConfigureAwait(false);
        _isActive = false;
    }

    /// <summary>Writes until it is written: what isn't recorded doesn't run alone.</summary>
    private async Task WriteAsync(Func<Suspicion, Suspicion> change, CancellationToken ct)
    {
        using var ending = CancellationTokenSource.CreateLinkedTokenSource(ct, _lease.Lost);
        for (var troubles = 0; !await WriteOnceAsync(change, ending.Token).ConfigureAwait(false);)
        {
            var delay = Backoff.Delay(++troubles, _parts.StoreOptions.RetryDelay, LongestTroubleDelay);
            await Task.Delay(delay, _parts.Time, ending.Token).ConfigureAwait(false);
        }
    }

    /// <summary>Writes what is better written, also while the host stops.</summary>
    private async Task TryWriteAsync(Func<Suspicion, Suspicion> change)
    {
        using var limit = new CancellationTokenSource(LongestTroubleDelay, _parts.Time);
        try
        {
            await WriteOnceAsync(change, limit.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            // The next write tells it as well.
        }
    }

    private async Task<bool> WriteOnceAsync(Func<Suspicion, Suspicion> change, CancellationToken ct)
    {
        await _writing.WaitAsync(ct).ConfigureAwait(false);
        try
        {
            var changed = change(_suspicion);
            await _parts.Leases.SuspectAsync(_lease, changed, ct).ConfigureAwait(false);
            Volatile.Write(ref _suspicion, changed);
            return true;
        }
        catch (Exception exception) when (!ct.IsCancellationRequested)
        {
            _ = _parts.Storage.Classify(exception);
            return false;
        }
        finally
        {
            _writing.Release();
        }
    }

    [LoggerMessage(LogLevel.Warning, "The process that had part {Partition} of subscription '{Name}' ended without giving it back. Up to {Most} events that may have been in flight are handled one at a time, to see whether one of them ends the process")]
    private static partial void LogSuspected(ILogger logger, SubscriptionName name, int partition, int most);
}

/// <summary>An event that has ended the process as often as it may is not handled again.</summary>
internal sealed class ProcessEndedException(RecordedEvent @event, int ends) : Exception(
    $"The process ended {ends} times while nothing but event {@event.Position} ('{@event.EventType}') was being handled. It was not handled again.");
