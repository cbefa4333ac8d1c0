namespace EventStore.EF.Storage;

/// <summary>One transaction's write to one stream, validated and ready to send.</summary>
internal abstract record StreamPlan(StreamName Stream, ExpectedVersion Expected)
{
    /// <summary>The ids of the written events, in order.</summary>
    public abstract IReadOnlyList<Guid> Ids { get; }

    /// <summary>The number of new events.</summary>
    public virtual int NewEvents => 0;
}

/// <summary>Appends events.</summary>
/// <param name="Stream">The stream.</param>
/// <param name="Expected">The version that the stream must have.</param>
/// <param name="Events">The events, at least one.</param>
/// <param name="CreatedAt">The time to store; <see langword="null"/> to use the database's clock.</param>
internal sealed record AppendPlan(
    StreamName Stream, ExpectedVersion Expected, IReadOnlyList<PlannedEvent> Events, DateTimeOffset? CreatedAt = null)
    : StreamPlan(Stream, Expected)
{
    /// <summary>The bytes of the events' payloads and metadata.</summary>
    public long Bytes { get; } = BytesOf(Events);

    public override IReadOnlyList<Guid> Ids => [.. Events.Select(@event => @event.Id)];

    public override int NewEvents => Events.Count;

    private static long BytesOf(IReadOnlyList<PlannedEvent> events)
    {
        var bytes = 0L;
        for (var index = 0; index < events.Count; index++)
            bytes += events[index].Size;

        return bytes;
    }
}

/// <summary>Links existing events into the stream.</summary>
internal sealed record LinkPlan(StreamName Stream, ExpectedVersion Expected, IReadOnlyList<Guid> EventIds) : StreamPlan(Stream, Expected)
{
    public override IReadOnlyList<Guid> Ids => EventIds;
}

/// <summary>Writes nothing, but prevents changes to the stream until the commit.</summary>
internal sealed record ConditionPlan(StreamName Stream, ExpectedVersion Expected) : StreamPlan(Stream, Expected)
{
    public override IReadOnlyList<Guid> Ids => [];
}

/// <summary>One event of an append: its payload and the values stored with it.</summary>
/// <param name="Id">The event's id.</param>
/// <param name="Type">The stored name of its type.</param>
/// <param name="SchemaVersion">The version of the type's shape.</param>
/// <param name="Data">The payload: UTF-8 JSON if <paramref name="IsJson"/>.</param>
/// <param name="ContentType">The payload's media type; <see langword="null"/> for <see cref="ContentTypes.Json"/>.</param>
/// <param name="IsJson">Whether the payload goes into the JSON column.</param>
/// <param name="Metadata">One JSON object in UTF-8, if there is any.</param>
/// <param name="CorrelationId">The correlation id, if any.</param>
/// <param name="CausationId">The causation id, if any.</param>
internal sealed record PlannedEvent(
    Guid Id, string Type, int SchemaVersion, byte[] Data, string? ContentType, bool IsJson, byte[]? Metadata, Guid? CorrelationId,
    Guid? CausationId)
{
    /// <summary>The size of payload and metadata, in bytes.</summary>
    public long Size => Data.Length + (Metadata?.Length ?? 0L);
}
