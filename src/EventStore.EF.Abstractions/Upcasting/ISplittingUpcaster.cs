namespace EventStore.EF;

/// <summary>Turns an old event into several current events, or into none. Otherwise like <see cref="IUpcaster{TOld, TNew}"/>.</summary>
/// <remarks>
/// The stored event keeps its single position and version: it is read as one <see cref="RecordedEvent"/> with several
/// <see cref="RecordedEvent.Parts"/> or none, its handlers are called for each of them, and a checkpoint passes it as a whole.
/// </remarks>
/// <typeparam name="TOld">A type marked with <see cref="EventAttribute"/> that is no longer written.</typeparam>
public interface ISplittingUpcaster<in TOld>
    where TOld : notnull
{
    /// <summary>
    /// Returns the equivalent current events, of types marked with <see cref="EventAttribute"/>, in order; none to drop the event.
    /// </summary>
    IEnumerable<object> Upcast(TOld @event);
}
