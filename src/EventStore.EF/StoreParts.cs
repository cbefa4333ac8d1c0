namespace EventStore.EF;

/// <summary>What a store is made of, shared by the store and its transactions.</summary>
internal sealed record StoreParts(
    EventStoreRegistration Store, IStorage Storage, StorageAccess Access, StoreContexts Contexts, EventPlanner Planner, Appender Appender, EventReader Reader,
    EventCatalog Catalog, SnapshotRecorder SnapshotRecorder, Leases Leases, SubscriptionProgress Progress, TimeProvider Time);
