namespace EventStore.EF;

/// <summary>Removes events of a stream for good.</summary>
/// <param name="Stream">The stream.</param>
/// <param name="Expected">What it must be like.</param>
/// <param name="BeforeVersion">
/// The number of the first event that is kept, in a stream that isn't deleted; <see langword="null"/> to remove the stream with all of
/// its events, deleted or not.
/// </param>
internal sealed record RemovalPlan(StreamName Stream, ExpectedVersion Expected, long? BeforeVersion);
