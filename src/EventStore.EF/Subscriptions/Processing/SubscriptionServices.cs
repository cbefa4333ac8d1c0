using EventStore.EF.Storage;
using EventStore.EF.Subscriptions.Definitions;
using EventStore.EF.Subscriptions.Leases;
using EventStore.EF.Subscriptions.Sources;
using EventStore.EF.Telemetry;
using Microsoft.Extensions.Logging;

namespace EventStore.EF.Subscriptions.Processing;

/// <summary>The services that all subscriptions of a store share.</summary>
internal sealed record SubscriptionServices(
    IStorage Storage, StorageAccess Access, LeaseCoordinator Leases, SubscriptionProgress Progress, TailReader Tail, StreamPoller Streams,
    EventStoreOptions StoreOptions, TimeProvider Time, StoreMeter Meter, AloneGate Gate, ILogger Logger)
{
    /// <summary>Creates the source of a subscription's events.</summary>
    /// <param name="subscription">The subscription.</param>
    /// <param name="streamId">The id under which its stream was read before, if any.</param>
    public ISubscriptionSource Source(SubscriptionDefinition subscription, long? streamId) => subscription.Options.Stream is { } stream
        ? new StreamSource(Storage, Streams, stream, subscription.Filter, streamId)
        : new AllSource(Storage, Tail, subscription.Filter);
}
