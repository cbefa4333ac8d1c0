namespace EventStore.EF;

/// <summary>A row of the table <c>stream_links</c>, for LINQ: an event that also belongs to a stream other than its own.</summary>
public sealed class StoredLink
{
    /// <summary>The <see cref="StoredStream.Id"/> of the stream that the event is linked into.</summary>
    public long StreamId { get; init; }

    /// <summary>The event's number in that stream, among its own events and other links.</summary>
    public long Number { get; init; }

    /// <summary>The <see cref="StoredEvent.Position"/> of the event.</summary>
    public long Position { get; init; }
}
