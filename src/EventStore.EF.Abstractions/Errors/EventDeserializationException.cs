namespace EventStore.EF;

/// <summary>The payload of a stored event can't be read as the type registered for it.</summary>
public sealed class EventDeserializationException : EventStoreException
{
    internal EventDeserializationException(string eventType, Type clrType, StreamName stream, long streamVersion, Exception innerException)
        : base(
            $"Event {streamVersion} of stream '{stream}', stored as '{eventType}', can't be read as {clrType}: " +
            $"{innerException.Message} RecordedEvent.Payload has the raw bytes.", innerException)
    {
        EventType = eventType;
        ClrType = clrType;
        Stream = stream;
        StreamVersion = streamVersion;
    }

    /// <summary>The stored type name.</summary>
    public string EventType { get; }

    /// <summary>The type that it should have been read as.</summary>
    public Type ClrType { get; }

    /// <summary>The stream the event was appended to.</summary>
    public StreamName Stream { get; }

    /// <summary>The event's version in that stream.</summary>
    public long StreamVersion { get; }
}
