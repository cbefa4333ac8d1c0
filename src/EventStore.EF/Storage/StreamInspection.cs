namespace EventStore.EF.Storage;

/// <summary>The state of one stream after a refused write.</summary>
/// <param name="Version">The stream's version, or <see langword="null"/> if the stream is missing.</param>
/// <param name="IsDeleted">Whether the stream is deleted.</param>
/// <param name="Standing">
/// For events to append: those whose ids already exist anywhere in the store. For events to link: those already in the target stream, as
/// its own events or as links, with their numbers there.
/// </param>
/// <param name="Unknown">The first id to link that no event has, if any.</param>
/// <param name="LastNumber">The highest number of the stream's events and links; never above the version, unless rows were changed.</param>
internal sealed record StreamInspection(
    long? Version, bool IsDeleted, IReadOnlyList<StandingEvent> Standing, Guid? Unknown = null, long LastNumber = 0);

/// <summary>The location of an existing event id.</summary>
/// <param name="Id">The id.</param>
/// <param name="Stream">The stream that contains it.</param>
/// <param name="Version">Its number in that stream.</param>
/// <param name="Position">The event's position.</param>
/// <param name="IsLink">Whether it is a link there, to an event of another stream.</param>
internal readonly record struct StandingEvent(Guid Id, string Stream, long Version, long Position, bool IsLink = false);

/// <summary>The state of all streams after a refused write.</summary>
/// <param name="Streams">The state of the stream of each plan, in the same order.</param>
/// <param name="IsSnapshot">
/// Whether the caller's transaction sees the store as of the start of the transaction, so that the stream's current version can't be
/// determined.
/// </param>
internal sealed record WriteInspection(IReadOnlyList<StreamInspection> Streams, bool IsSnapshot = false);
