namespace EventStore.EF.Faults;

/// <summary>What goes to one stream.</summary>
/// <param name="Stream">The stream.</param>
/// <param name="Expected">The version it must be at; <see langword="null"/> for any.</param>
/// <param name="Ids">The events.</param>
internal sealed record IntendedAppend(string Stream, long? Expected, IReadOnlyList<Guid> Ids);
