namespace EventStore.EF;

/// <summary>Reads the payload of a stored event as objects of the application's types. <see cref="EventCatalog"/> does so.</summary>
public interface IStoredEventReader
{
    /// <summary>Reads an event, with its upcasters.</summary>
    /// <param name="stored">The event.</param>
    /// <returns>The objects it is read as: one, unless an upcaster splits or drops it.</returns>
    /// <exception cref="UnknownEventTypeException">No registered type reads the event.</exception>
    /// <exception cref="EventDeserializationException">The payload can't be read, or an upcaster failed.</exception>
    IReadOnlyList<object> Read(RecordedEvent stored);
}
