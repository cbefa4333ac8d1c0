namespace EventStore.EF;

/// <summary>An event to append.</summary>
public sealed class NewEvent
{
    /// <summary>An event to append.</summary>
    /// <param name="data">An instance of a type marked with <see cref="EventAttribute"/>.</param>
    public NewEvent(object data)
    {
        ArgumentNullException.ThrowIfNull(data);
        Data = data;
    }

    /// <summary>The event itself: an instance of a type marked with <see cref="EventAttribute"/>.</summary>
    public object Data { get; }

    /// <summary>
    /// The event's id, unique in the store, by which a repeated append is recognized. By default a new UUID version 7, created with this
    /// object, so that appending the same object again is the same append.
    /// </summary>
    public Guid EventId { get; init; } = EventIds.Create();

    /// <summary>Metadata to store with the event. Empty by default.</summary>
    public EventMetadata Metadata { get; init; } = EventMetadata.Empty;

    /// <summary>
    /// The id shared by everything caused by one request or process. By default that of the event being handled
    /// (<see cref="EventContext.Current"/>); none outside a handler.
    /// </summary>
    public Guid? CorrelationId { get; init; }

    /// <summary>
    /// The id of the event or command that caused this event. By default that of the event being handled
    /// (<see cref="EventContext.Current"/>); none outside a handler.
    /// </summary>
    public Guid? CausationId { get; init; }
}
