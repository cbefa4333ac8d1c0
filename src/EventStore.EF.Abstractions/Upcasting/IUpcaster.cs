namespace EventStore.EF;

/// <summary>
/// Turns an event of the past into what it is today: usually the next version of the same event. The class needs a constructor
/// without parameters, and nothing calls for registration: the generator finds it and composes the whole chain, from the oldest
/// version to the newest, at compile time.
/// </summary>
/// <remarks>
/// What is stored stays as it is. Everything that reads events sees the newest version: reads, subscribers, projections and states.
/// An upcaster is a pure function of the event; it is called once for each reading of each event, by several threads at once.
/// </remarks>
/// <typeparam name="TOld">A type marked <see cref="EventAttribute"/> that is written no more.</typeparam>
/// <typeparam name="TNew">The type marked <see cref="EventAttribute"/> that took its place.</typeparam>
public interface IUpcaster<in TOld, out TNew>
    where TOld : notnull
    where TNew : notnull
{
    /// <summary>The event as it would have been recorded today.</summary>
    TNew Upcast(TOld @event);
}
