namespace EventStore.EF;

/// <summary>An event to be linked is not in the store. Nothing was linked.</summary>
public sealed class EventNotFoundException : EventStoreException
{
    internal EventNotFoundException(Guid eventId, StreamName target)
        : base($"There is no event {eventId} to link into stream '{target}'. Nothing was linked.")
    {
        EventId = eventId;
        Target = target;
    }

    /// <summary>The id that belongs to no event.</summary>
    public Guid EventId { get; }

    /// <summary>The stream that the link was for.</summary>
    public StreamName Target { get; }
}
