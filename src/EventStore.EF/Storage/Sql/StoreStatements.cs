namespace EventStore.EF.Storage.Sql;

/// <summary>
/// The SQL that both databases share, except for their <see cref="SqlDialect"/>. Parameters are named, and the same everywhere.
/// </summary>
/// <param name="Subscriptions">Ownership of subscriptions.</param>
/// <param name="Administration">Administration of subscriptions.</param>
/// <param name="Parked">Parked events.</param>
/// <param name="Projections">Transactions of projections.</param>
/// <param name="Streams">Deletion and restoration of streams.</param>
/// <param name="Snapshots">Snapshots.</param>
/// <param name="Shapes">Partitions and names of subscriptions.</param>
/// <param name="Operations">What an operator sees.</param>
/// <param name="PlanByIndex">
/// Makes the server plan the following statements of the transaction by indexes, whatever its table statistics say; <see langword="null"/>
/// if plans don't depend on them.
/// </param>
internal sealed record StoreStatements(
    SubscriptionStatements Subscriptions, SubscriptionAdministrationStatements Administration, ParkedStatements Parked,
    ProjectionStatements Projections, StreamStatements Streams, SnapshotStatements Snapshots, ShapeStatements Shapes,
    OperationsStatements Operations, string? PlanByIndex);
