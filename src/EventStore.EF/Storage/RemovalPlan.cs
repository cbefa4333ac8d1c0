namespace EventStore.EF.Storage;

/// <summary>Removes events of a stream permanently.</summary>
/// <param name="Stream">The stream.</param>
/// <param name="Expected">The version that the stream must have.</param>
/// <param name="BeforeVersion">
/// The number of the first event to keep, in a stream that isn't deleted; <see langword="null"/> to remove the stream with all its events,
/// deleted or not.
/// </param>
internal sealed record RemovalPlan(StreamName Stream, ExpectedVersion Expected, long? BeforeVersion);
