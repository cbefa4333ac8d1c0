namespace EventStore.EF;

/// <summary>An event id occurs twice in one append, or stands in the store at another place. Nothing was written.</summary>
public sealed class DuplicateEventException : EventStoreException
{
    internal DuplicateEventException(Guid eventId, string where)
        : base($"Event id {eventId} {where}. Nothing was written; an id names one event for ever.")
        => EventId = eventId;

    /// <summary>The id that occurs twice.</summary>
    public Guid EventId { get; }
}
