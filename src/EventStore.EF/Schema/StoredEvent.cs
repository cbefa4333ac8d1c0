namespace EventStore.EF;

/// <summary>A row of the table <c>events</c>, for LINQ. To read events with their types use <see cref="IEventStore"/>.</summary>
public sealed class StoredEvent
{
    /// <summary>The event's place in the whole store.</summary>
    public long Position { get; init; }

    /// <summary>The <see cref="StoredStream.Id"/> of the event's stream, to join with <see cref="EventStoreDbContext.Streams"/>.</summary>
    public long StreamId { get; init; }

    /// <summary>The event's place in its stream: 1, 2, 3 …</summary>
    public long Version { get; init; }

    /// <summary>The event's id, unique in the store.</summary>
    public Guid EventId { get; init; }

    /// <summary>The stored name of the event's type.</summary>
    public string Type { get; init; } = "";

    /// <summary>The version of the type's shape.</summary>
    public int SchemaVersion { get; init; }

    /// <summary>The media type of the payload; <see langword="null"/> for <c>application/json</c>.</summary>
    public string? ContentType { get; init; }

    /// <summary>The payload when it is JSON, otherwise <see langword="null"/>.</summary>
    public string? Data { get; init; }

    /// <summary>The payload when it is not JSON, otherwise <see langword="null"/>.</summary>
    public byte[]? DataBinary { get; init; }

    /// <summary>The free metadata as one JSON object, if there is any.</summary>
    public string? Metadata { get; init; }

    /// <summary>The id shared by everything that one request or process caused, if any.</summary>
    public Guid? CorrelationId { get; init; }

    /// <summary>The id of the event or command that caused this event, if any.</summary>
    public Guid? CausationId { get; init; }

    /// <summary>When the event was appended, in UTC: by the database's clock, unless the append said otherwise.</summary>
    public DateTime CreatedAt { get; init; }
}
