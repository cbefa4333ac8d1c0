namespace EventStore.EF;

/// <summary>An event that was to be linked doesn't stand in the store. Nothing was linked.</summary>
public sealed class EventNotFoundException : EventStoreException
{
    internal EventNotFoundException(Guid eventId, StreamName target)
        : base($"There is no event {eventId} to link into stream '{target}'. Nothing was linked.")
    {
        EventId = eventId;
        Target = target;
    }

    /// <summary>The id that no event has.</summary>
    public Guid EventId { get; }

    /// <summary>The stream that was to have the link.</summary>
    public StreamName Target { get; }
}
