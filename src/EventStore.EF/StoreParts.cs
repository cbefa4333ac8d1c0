using System.Data.Common;

namespace EventStore.EF;

/// <summary>What a store is made of, shared by the store and its transactions.</summary>
internal sealed record StoreParts(
    EventStoreRegistration Store, IStorage Storage, StorageAccess Access, StoreContexts Contexts, EventPlanner Planner, Appender Appender, EventReader Reader,
    EventCatalog Catalog, SnapshotRecorder SnapshotRecorder, UpdateRounds Updates, Leases Leases,
    SubscriptionProgress Progress, WakeUp WakeUp, TimeProvider Time)
{
    /// <summary>The transaction that an operation runs in: the caller's, else that of the projection whose handler calls, else one of the store's own.</summary>
    /// <param name="callers">The caller's.</param>
    public DbTransaction? Joined(DbTransaction? callers) => callers ?? AmbientTransaction.Of(Storage);
}
