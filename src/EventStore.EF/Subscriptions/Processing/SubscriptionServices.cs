using EventStore.EF.Storage;
using EventStore.EF.Subscriptions.Definitions;
using EventStore.EF.Subscriptions.Leases;
using EventStore.EF.Subscriptions.Sources;
using EventStore.EF.Telemetry;
using EventStore.EF.Threading;
using Microsoft.Extensions.Logging;

namespace EventStore.EF.Subscriptions.Processing;

/// <summary>The services that all subscriptions of a store share.</summary>
internal sealed record SubscriptionServices(
    IStorage Storage, StorageAccess Access, LeaseCoordinator Leases, SubscriptionProgress Progress, TailReader Tail, StreamPoller Streams,
    EventStoreOptions StoreOptions, TimeProvider Time, StoreMeter Meter, AloneGate Gate, ILogger Logger)
{
    private static readonly TimeSpan LongestTroubleDelay = TimeSpan.FromSeconds(10);

    /// <summary>Creates the source of a subscription's events.</summary>
    /// <param name="subscription">The subscription.</param>
    /// <param name="streamId">The id under which its stream was read before, if any.</param>
    public ISubscriptionSource Source(SubscriptionDefinition subscription, long? streamId) => subscription.Options.Stream is { } stream
        ? new StreamSource(Storage, Streams, stream, subscription.Filter, streamId)
        : new AllSource(Storage, Tail, subscription.Filter);

    /// <summary>The delay after trouble that is no event's fault: of the database, or of what this process lacks.</summary>
    /// <param name="troubles">How often it has failed in a row; 1 after the first failure.</param>
    public TimeSpan TroubleDelay(int troubles) => Backoff.Delay(troubles, StoreOptions.RetryDelay, LongestTroubleDelay);

    /// <summary>Attempts a write until it succeeds, however long the database is unavailable, unless the lease is lost.</summary>
    /// <param name="lease">The lease under which it is written.</param>
    /// <param name="tryWrite">Writes once; returns false if the database fails.</param>
    /// <param name="ct">Cancels it.</param>
    public async Task WriteAsync(Lease lease, Func<CancellationToken, Task<bool>> tryWrite, CancellationToken ct)
    {
        using var ending = CancellationTokenSource.CreateLinkedTokenSource(ct, lease.Lost);
        for (var troubles = 0; !await tryWrite(ending.Token).ConfigureAwait(false);)
            await Task.Delay(TroubleDelay(++troubles), Time, ending.Token).ConfigureAwait(false);
    }
}
