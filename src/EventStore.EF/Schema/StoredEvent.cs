namespace EventStore.EF;

/// <summary>A row of the table <c>events</c>, for LINQ. To read events as typed objects, use <see cref="IEventStore"/>.</summary>
public sealed class StoredEvent
{
    /// <summary>The event's position among all events of the store.</summary>
    public long Position { get; init; }

    /// <summary>The <see cref="StoredStream.Id"/> of the event's stream, to join with <see cref="EventStoreDbContext.Streams"/>.</summary>
    public long StreamId { get; init; }

    /// <summary>The event's version in its stream: 1, 2, 3 …</summary>
    public long Version { get; init; }

    /// <summary>The event's id, unique in the store.</summary>
    public Guid EventId { get; init; }

    /// <summary>The stored name of the event's type.</summary>
    public string Type { get; init; } = "";

    /// <summary>The version of the type's shape.</summary>
    public int SchemaVersion { get; init; }

    /// <summary>The media type of the payload; <see langword="null"/> for <c>application/json</c>.</summary>
    public string? ContentType { get; init; }

    /// <summary>The payload if it is JSON, otherwise <see langword="null"/>.</summary>
    public string? Data { get; init; }

    /// <summary>The payload if it is not JSON, otherwise <see langword="null"/>.</summary>
    public byte[]? DataBinary { get; init; }

    /// <summary>The metadata as one JSON object, if any.</summary>
    public string? Metadata { get; init; }

    /// <summary>The id shared by everything that one request or process caused, if any.</summary>
    public Guid? CorrelationId { get; init; }

    /// <summary>The id of the event or command that caused this event, if any.</summary>
    public Guid? CausationId { get; init; }

    /// <summary>The time of the append, in UTC: by the database's clock, unless the append specified it.</summary>
    public DateTime CreatedAt { get; init; }
}
