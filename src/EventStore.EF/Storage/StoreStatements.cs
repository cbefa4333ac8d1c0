namespace EventStore.EF;

/// <summary>SQL in one database's words. Parameters are named and the same everywhere.</summary>
internal sealed record StoreStatements(
    SubscriptionStatements Subscriptions, SubscriptionAdministrationStatements Administration, ParkedStatements Parked, ProjectionStatements Projections,
    StreamStatements Streams, SnapshotStatements Snapshots, ShapeStatements Shapes);
