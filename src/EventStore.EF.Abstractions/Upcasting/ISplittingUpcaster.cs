namespace EventStore.EF;

/// <summary>Turns an event of the past into several of today, or into none. Otherwise as <see cref="IUpcaster{TOld, TNew}"/>.</summary>
/// <remarks>
/// The stored event keeps its one position and version: it is read as one <see cref="RecordedEvent"/> with several
/// <see cref="RecordedEvent.Parts"/> or none, its handlers are called for each part, and a checkpoint passes it as a whole.
/// </remarks>
/// <typeparam name="TOld">A type marked <see cref="EventAttribute"/> that is written no more.</typeparam>
public interface ISplittingUpcaster<in TOld>
    where TOld : notnull
{
    /// <summary>The events, of types marked <see cref="EventAttribute"/>, that say the same today, in order; none to drop the event.</summary>
    IEnumerable<object> Upcast(TOld @event);
}
