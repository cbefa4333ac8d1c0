namespace EventStore.EF;

/// <summary>An event about to be appended.</summary>
public sealed class NewEvent
{
    /// <summary>An event about to be appended.</summary>
    /// <param name="data">An instance of a type marked <see cref="EventAttribute"/>.</param>
    public NewEvent(object data)
    {
        ArgumentNullException.ThrowIfNull(data);
        Data = data;
    }

    /// <summary>The event itself: an instance of a type marked <see cref="EventAttribute"/>.</summary>
    public object Data { get; }

    /// <summary>
    /// The event's id, unique in the whole store, by which a repeated append is recognised. By default a new UUID version 7,
    /// made when this object is made, so that appending the same object again is the same append.
    /// </summary>
    public Guid EventId { get; init; } = Guid.CreateVersion7();

    /// <summary>Free metadata stored beside the event. Empty by default.</summary>
    public EventMetadata Metadata { get; init; } = EventMetadata.Empty;

    /// <summary>
    /// The id shared by everything that one request or process caused. By default that of the event being handled
    /// (<see cref="EventContext.Current"/>); outside a handler none.
    /// </summary>
    public Guid? CorrelationId { get; init; }

    /// <summary>
    /// The id of the event or command that caused this event. By default the event being handled
    /// (<see cref="EventContext.Current"/>); outside a handler none.
    /// </summary>
    public Guid? CausationId { get; init; }
}
