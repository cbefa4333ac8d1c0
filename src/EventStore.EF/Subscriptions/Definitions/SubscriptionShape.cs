namespace EventStore.EF.Subscriptions.Definitions;

/// <summary>The properties that a running subscription must keep, as its process knows them.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Partitions">The number of partitions.</param>
internal sealed record SubscriptionShape(string Name, int Partitions);
