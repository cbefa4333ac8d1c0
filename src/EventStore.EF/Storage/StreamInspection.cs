namespace EventStore.EF;

/// <summary>What a refused write found at one of its streams.</summary>
/// <param name="Version">The stream's version, or <see langword="null"/> when the stream is missing.</param>
/// <param name="IsDeleted">Whether the stream is deleted.</param>
/// <param name="Standing">
/// Of events to be appended, those whose ids stand in the store, anywhere; of events to be linked, those that are in the target already,
/// born there or linked, with their numbers there.
/// </param>
/// <param name="Unknown">An id to be linked that no event has, if there is one: the first.</param>
internal sealed record StreamInspection(long? Version, bool IsDeleted, IReadOnlyList<StandingEvent> Standing, Guid? Unknown = null);

/// <summary>Where an id stands.</summary>
/// <param name="Id">The id.</param>
/// <param name="Stream">The stream it stands in.</param>
/// <param name="Version">Its number there.</param>
/// <param name="Position">The event's position.</param>
/// <param name="IsLink">Whether it is linked there, and was born elsewhere.</param>
internal readonly record struct StandingEvent(Guid Id, string Stream, long Version, long Position, bool IsLink = false);

/// <summary>What a refused write found.</summary>
/// <param name="Streams">For each plan, in the same order.</param>
/// <param name="IsSnapshot">
/// Whether the caller's transaction looks at the store as it was when the transaction began, so that the stream's true version can't be
/// told.
/// </param>
internal sealed record WriteInspection(IReadOnlyList<StreamInspection> Streams, bool IsSnapshot = false);
