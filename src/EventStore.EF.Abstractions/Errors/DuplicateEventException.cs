namespace EventStore.EF;

/// <summary>An event id occurs twice in one append, or is already stored elsewhere. Nothing was written.</summary>
public sealed class DuplicateEventException : EventStoreException
{
    internal DuplicateEventException(Guid eventId, string where)
        : base($"Event id {eventId} {where}. Nothing was written. Use an id for one event only.")
        => EventId = eventId;

    /// <summary>The id that occurs twice.</summary>
    public Guid EventId { get; }
}
