namespace EventStore.EF;

/// <summary>The SQL that both databases share but for their words; see <see cref="SqlDialect"/>. Parameters are named and the same everywhere.</summary>
/// <param name="Subscriptions">How subscriptions are owned.</param>
/// <param name="Administration">How they are steered.</param>
/// <param name="Parked">How events are parked.</param>
/// <param name="Projections">How projections write.</param>
/// <param name="Streams">How streams are deleted and brought back.</param>
/// <param name="Snapshots">How snapshots are kept.</param>
/// <param name="Shapes">How their shape changes: partitions and name.</param>
/// <param name="PlanByIndex">
/// Has what follows in the transaction planned by indexes, whatever the server believes about the tables; <see langword="null"/> where plans
/// don't depend on that.
/// </param>
internal sealed record StoreStatements(
    SubscriptionStatements Subscriptions, SubscriptionAdministrationStatements Administration, ParkedStatements Parked, ProjectionStatements Projections,
    StreamStatements Streams, SnapshotStatements Snapshots, ShapeStatements Shapes, string? PlanByIndex);
