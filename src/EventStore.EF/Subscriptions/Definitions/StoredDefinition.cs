namespace EventStore.EF;

/// <summary>What a subscription handles, as its rows say.</summary>
/// <param name="Partitions">How many partitions the subscription has.</param>
/// <param name="Number">Counts the changes: checkpoints are fenced by it.</param>
/// <param name="Handles">What is handled; <see langword="null"/> where no class of handlers has run.</param>
/// <param name="FirstId">The row of the first partition, which stays when the subscription gets another name or number of
/// partitions.</param>
internal sealed record StoredDefinition(int Partitions, long Number, HandledTypes? Handles, long FirstId);
