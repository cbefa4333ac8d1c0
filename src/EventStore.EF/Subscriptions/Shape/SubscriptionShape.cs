namespace EventStore.EF;

/// <summary>What a running subscription must have as its process knows it.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Partitions">How many partitions it has.</param>
internal sealed record SubscriptionShape(string Name, int Partitions);
