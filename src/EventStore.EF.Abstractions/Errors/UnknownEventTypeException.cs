namespace EventStore.EF;

/// <summary>A stored event has a type name and version that no known type has.</summary>
public sealed class UnknownEventTypeException : EventStoreException
{
    internal UnknownEventTypeException(string eventType, int schemaVersion, StreamName stream, long streamVersion)
        : base(
            $"Event {streamVersion} of stream '{stream}' is stored as '{eventType}' version {schemaVersion}, which no registered type " +
            $"reads. Mark the type that reads it [Event(\"{eventType}\", Version = {schemaVersion})], or add the name to the type's " +
            "Aliases, and reference its project from the application. RecordedEvent.Payload has the raw bytes.")
    {
        EventType = eventType;
        SchemaVersion = schemaVersion;
        Stream = stream;
        StreamVersion = streamVersion;
    }

    /// <summary>The stored type name.</summary>
    public string EventType { get; }

    /// <summary>The stored version of the type's shape.</summary>
    public int SchemaVersion { get; }

    /// <summary>The stream the event was appended to.</summary>
    public StreamName Stream { get; }

    /// <summary>The event's version in that stream.</summary>
    public long StreamVersion { get; }
}
