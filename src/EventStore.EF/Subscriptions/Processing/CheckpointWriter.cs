using System.Diagnostics.CodeAnalysis;
using EventStore.EF.Storage;
using EventStore.EF.Subscriptions.Leases;
using Microsoft.Extensions.Logging;

namespace EventStore.EF.Subscriptions.Processing;

/// <summary>
/// Writes a partition's checkpoint and its last error. A checkpoint clears the error only if it has passed the event that the error is
/// about.
/// </summary>
/// <param name="lease">The lease; <see langword="null"/> for a transient subscription, of which nothing is stored.</param>
/// <param name="dispatcher">Knows what is finished and received.</param>
/// <param name="services">What all subscriptions share.</param>
[SuppressMessage(
    "Design", "CA1001:Types that own disposable fields should be disposable",
    Justification = "A SemaphoreSlim whose wait handle is never used holds nothing to dispose")]
internal sealed partial class CheckpointWriter(Lease? lease, Dispatcher dispatcher, SubscriptionServices services)
{
    private readonly LeaseCoordinator _leases = services.Leases;
    private readonly IStorage _storage = services.Storage;
    private readonly SemaphoreSlim _writing = new(1, 1);

    /// <summary>The event that the error is about, until a checkpoint has passed it; used while <see cref="_writing"/> is held.</summary>
    private long? _failedAt;

    /// <summary>Writes the checkpoint.</summary>
    public async Task WriteAsync(long place, CancellationToken ct)
    {
        await _writing.WaitAsync(ct).ConfigureAwait(false);
        try
        {
            if (lease is not null && HasPassedFailure(place))
                await _leases.Checkpoints.WriteAsync(lease, place, ct).ConfigureAwait(false);
            else if (lease is not null)
                await _leases.Checkpoints.WriteBeforeFailureAsync(lease, place, ct).ConfigureAwait(false);
        }
        finally
        {
            _writing.Release();
        }

        dispatcher.Change((machine, now) => machine.Checkpointed(place, now));
    }

    /// <summary>Stores an error for those who look at the subscription, if the database answers.</summary>
    /// <param name="error">The error.</param>
    /// <param name="place">The event's position; null for the event that is read next.</param>
    /// <param name="ct">Cancels it.</param>
    public async Task ReportAsync(string error, long? place, CancellationToken ct)
    {
        if (lease is null)
            return;

        await NoteFailureAsync(place, ct).ConfigureAwait(false);
        try
        {
            await _leases.FailAsync(lease, error, ct).ConfigureAwait(false);
        }
        catch (Exception exception) when (!ct.IsCancellationRequested)
        {
            _ = _storage.Classify(exception);
        }
    }

    /// <summary>Pauses the subscription with an error, however long the database is unavailable, unless the lease is lost.</summary>
    public async Task PauseAsync(string error, long place, CancellationToken ct)
    {
        await NoteFailureAsync(place, ct).ConfigureAwait(false);
        await services.WriteAsync(lease!, token => TryPauseAsync(lease!, error, token), ct).ConfigureAwait(false);
    }

    private async Task<bool> TryPauseAsync(Lease held, string error, CancellationToken ct)
    {
        try
        {
            await _leases.StopAsync(held, error, ct).ConfigureAwait(false);
            return true;
        }
        catch (Exception exception) when (exception is not EventStoreException && !ct.IsCancellationRequested
            && Safeguards.AcknowledgementFence)
        {
            _ = _storage.Classify(exception);
            LogNotStopped(services.Logger, held.Key.Name, exception);
            return false;
        }
    }

    /// <summary>Not during a checkpoint, which clears the previous error and would clear the new one too.</summary>
    private async Task NoteFailureAsync(long? place, CancellationToken ct)
    {
        var at = place ?? dispatcher.Received + 1;
        await _writing.WaitAsync(ct).ConfigureAwait(false);
        _failedAt = _failedAt < at ? _failedAt : at;
        _writing.Release();
    }

    private bool HasPassedFailure(long place)
    {
        if (place < _failedAt)
            return false;

        _failedAt = null;
        return true;
    }

    [LoggerMessage(
        3007, LogLevel.Warning,
        "The stop of subscription '{Name}' could not be recorded yet. Nothing is delivered until it is; this is retried")]
    private static partial void LogNotStopped(ILogger logger, SubscriptionName name, Exception exception);
}
