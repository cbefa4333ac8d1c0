using Microsoft.Extensions.Logging;

namespace EventStore.EF;

/// <summary>What all subscriptions of a store share.</summary>
internal sealed record SubscriptionParts(
    IStorage Storage, StorageAccess Access, Leases Leases, SubscriptionProgress Progress, TailReader Tail, StreamWatch Streams, EventStoreOptions StoreOptions,
    TimeProvider Time, StoreMeter Meter, AloneGate Gate, ILogger<SubscriptionEngine> Logger)
{
    /// <summary>What a subscription reads.</summary>
    /// <param name="subscription">The subscription.</param>
    /// <param name="streamId">The id under which its stream was read before, if it was.</param>
    public ISubscriptionSource Source(SubscriptionDefinition subscription, long? streamId) => subscription.Options.Stream is { } stream
        ? new StreamSource(Storage, Streams, stream, subscription.Filter, streamId)
        : new AllSource(Storage, Tail, subscription.Filter);
}
