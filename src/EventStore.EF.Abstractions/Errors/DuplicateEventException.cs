namespace EventStore.EF;

/// <summary>An event id occurs twice in one append, or is already stored at another place. Nothing was written.</summary>
public sealed class DuplicateEventException : EventStoreException
{
    internal DuplicateEventException(Guid eventId, string where)
        : base($"Event id {eventId} {where}. Nothing was written; an id names one event for ever.")
        => EventId = eventId;

    /// <summary>The id that occurs twice.</summary>
    public Guid EventId { get; }
}
