namespace EventStore.EF.Subscriptions.Definitions;

/// <summary>A subscription's definition as stored in its rows.</summary>
/// <param name="Partitions">The number of partitions.</param>
/// <param name="Number">Counts the changes; checkpoints are fenced by it.</param>
/// <param name="Handles">The events that it handles; <see langword="null"/> if no handler class has run.</param>
/// <param name="FirstId">
/// The row of the first partition, which is kept when the subscription's name or number of partitions changes.
/// </param>
internal sealed record StoredDefinition(int Partitions, long Number, HandledTypes? Handles, long FirstId);
