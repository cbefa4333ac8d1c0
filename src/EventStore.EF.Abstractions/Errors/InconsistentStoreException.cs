namespace EventStore.EF;

/// <summary>
/// The store's tables contradict each other: rows were written past the store, or only a part of the tables was restored. The message says
/// which row, and how to repair it. Nothing was written, and nothing is read beyond the contradiction; it doesn't go away by itself.
/// </summary>
public sealed class InconsistentStoreException : EventStoreException
{
    private const string SetSequence = "SELECT setval('events_position_seq', max(position)) FROM events";

    private InconsistentStoreException(string message, StreamName? stream, long? position, Exception? innerException = null)
        : base(message, innerException)
    {
        Stream = stream;
        Position = position;
    }

    /// <summary>The stream, if the contradiction concerns one.</summary>
    public StreamName? Stream { get; }

    /// <summary>The position of the event that contradicts the rest, if there is one.</summary>
    public long? Position { get; }

    internal static InconsistentStoreException VersionBehind(StreamName stream, long version, long last) => new(
        $"Nothing was written: the table streams has stream '{stream}' at version {version}, but its last event has the number {last}. " +
        "Somebody changed the version, or inserted events past the store. To repair the stream, set its version to " +
        $"{last}: UPDATE streams SET version = {last} WHERE name = … (in the store's schema, as its owner).", stream, null);

    internal static InconsistentStoreException PositionNotAssigned(long position, StreamName? stream, long version, long assigned) => new(
        $"Nothing after position {assigned} is read: the event at position {position} (event {version} of stream '{stream}') is not " +
        $"believed, because the sequence of positions has assigned none above {assigned}. Somebody wrote the row with a position of " +
        "their own, or restored the table events without its sequence. If the events above the sequence are genuine, set the sequence to " +
        $"the highest of them: {SetSequence} (in the store's schema, as its owner). Otherwise remove the row, as docs/security.md shows.",
        stream, position);

    internal static InconsistentStoreException StreamMissing(long position, long streamId) => new(
        $"The event at position {position} belongs to the stream with the id {streamId}, which doesn't exist. Somebody inserted the " +
        "event past the store, or restored the table streams without it. Nothing is read from there on. Insert the stream, or remove the " +
        "event, as docs/security.md shows.", null, position);

    internal static InconsistentStoreException PositionTaken(Exception innerException) => new(
        "Nothing was written: the sequence of positions assigned one that an event already has. Somebody set the sequence back, or " +
        $"restored the table events without it. Set the sequence to the highest position: {SetSequence} (in the store's schema, as its " +
        "owner).", null, null, innerException);
}
