namespace EventStore.EF.Subscriptions.Definitions;

/// <summary>A subscription, or one that it may have been before.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Stream">What it reads.</param>
/// <param name="Partitions">The number of partitions.</param>
/// <param name="Position">The position of its slowest partition.</param>
/// <param name="IsOwned">Whether a process owns one of its partitions.</param>
internal sealed record RelatedSubscription(string Name, string Stream, int Partitions, long Position, bool IsOwned);
