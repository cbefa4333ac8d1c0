using EventStore.EF.Errors;
using EventStore.EF.Schema;
using EventStore.EF.Subscriptions.Leases;
using EventStore.EF.Subscriptions.Sources;
using Microsoft.Extensions.Logging;

namespace EventStore.EF.Subscriptions.Processing;

/// <summary>
/// What this process lacks to handle an event, which is not the event's fault: the event is never parked, the subscription says so, and
/// another process may take the partition.
/// </summary>
/// <param name="key">The partition.</param>
/// <param name="lease">The lease; <see langword="null"/> for a transient subscription.</param>
/// <param name="dispatcher">Knows what is finished.</param>
/// <param name="checkpoints">Stores the error.</param>
/// <param name="services">What all subscriptions share.</param>
internal sealed partial class ProcessFaults(
    SubscriptionKey key, Lease? lease, Dispatcher dispatcher, CheckpointWriter checkpoints, SubscriptionServices services)
{
    private readonly LeaseCoordinator _leases = services.Leases;
    private readonly TimeProvider _time = services.Time;
    private readonly Lock _lock = new();
    private Standstill? _standstill;
    private long? _faultAt;

    /// <summary>Whether the partition stands still at an event that this process cannot read.</summary>
    public bool StandsStill => Volatile.Read(ref _standstill) is not null;

    /// <summary>The delay before reading from this position; <see langword="null"/> if it may be read now.</summary>
    public TimeSpan? DelayAt(long place)
        => _standstill is { } standstill && standstill.Place == place && standstill.Until - Now() is { Ticks: > 0 } left ? left : null;

    /// <summary>Ends a standstill: the event could be read.</summary>
    public void GoOn() => Volatile.Write(ref _standstill, null);

    /// <summary>Stands still at an event that this process cannot read, and reports it the first time.</summary>
    public async Task StandStillAsync(Obstacle obstacle, CancellationToken ct)
    {
        var place = obstacle.Event.Number;
        var before = _standstill?.Place == place ? _standstill : null;
        var looks = (before?.Looks ?? 0) + 1;
        Volatile.Write(ref _standstill, new(place, looks, Now() + services.TroubleDelay(looks)));
        if (before is null)
            await ReportAsync(obstacle.ToString(), obstacle.Cause, place, ct).ConfigureAwait(false);
    }

    /// <summary>If the process now has what it lacked, it no longer needs to give the partition away.</summary>
    public async ValueTask SeeAsync(CancellationToken ct)
    {
        lock (_lock)
        {
            if (_faultAt is not { } at || dispatcher.Finished < at)
                return;

            _faultAt = null;
        }

        if (lease is { Handles: { } handles } && _leases.Definitions.Declared(key) is { } declared)
            await _leases.CoverAsync(lease, declared.Covers(handles), ct).ConfigureAwait(false);
    }

    /// <summary>
    /// Reports once what this process lacks, and waits until the event is worth another attempt or another process asks for the partition.
    /// </summary>
    public async Task WaitOutAsync(ProcessFaultException fault, long place, int faults, CancellationToken ct)
    {
        if (faults == 1)
            await ReportAsync(fault.Message, fault, place, ct).ConfigureAwait(false);

        using var ending = CancellationTokenSource.CreateLinkedTokenSource(ct, dispatcher.Over, dispatcher.Closing);
        await Task.Delay(services.TroubleDelay(faults), _time, ending.Token).ConfigureAwait(false);
    }

    /// <summary>Reports that this process cannot handle an event, and lets another process take the partition.</summary>
    /// <param name="error">What this process lacks.</param>
    /// <param name="exception">The exception that says so.</param>
    /// <param name="place">The event's position.</param>
    /// <param name="ct">Cancels it.</param>
    private async Task ReportAsync(string error, Exception? exception, long place, CancellationToken ct)
    {
        // Stored first, so that a reader of the log finds it there.
        await checkpoints.ReportAsync(error, place, ct).ConfigureAwait(false);
        LogFault(services.Logger, key.Name, error, exception is null ? null : ErrorText.Loggable(exception));
        if (lease is null)
            return;

        lock (_lock)
            _faultAt = place;

        try
        {
            await _leases.CoverAsync(lease, isCovered: false, ct).ConfigureAwait(false);
        }
        catch (Exception trouble) when (!ct.IsCancellationRequested)
        {
            _ = services.Storage.Classify(trouble);
        }
    }

    private TimeSpan Now() => _time.GetElapsedTime(0);

    [LoggerMessage(
        3009, LogLevel.Error,
        "Subscription '{Name}' stands still in this process, which lacks something it needs. Nothing is parked, and another process may " +
        "take over. {Error}")]
    private static partial void LogFault(ILogger logger, SubscriptionName name, string error, Exception? exception);

    /// <summary>The partition stands still at an event that this process cannot handle.</summary>
    /// <param name="Place">The event's position.</param>
    /// <param name="Looks">How often it was read.</param>
    /// <param name="Until">When it is read again.</param>
    private sealed record Standstill(long Place, int Looks, TimeSpan Until);
}
