namespace EventStore.EF;

/// <summary>What a refused append found.</summary>
/// <param name="Version">The stream's version, or <see langword="null"/> when the stream is missing.</param>
/// <param name="IsDeleted">Whether the stream is deleted.</param>
/// <param name="Standing">Those of the append's ids that stand in the store, anywhere.</param>
internal sealed record StreamInspection(long? Version, bool IsDeleted, IReadOnlyList<StandingEvent> Standing);

/// <summary>Where an id stands.</summary>
internal readonly record struct StandingEvent(Guid Id, string Stream, long Version, long Position);
