namespace EventStore.EF;

/// <summary>
/// Turns an old event into its current form, usually the next version of the same event. The class needs a parameterless constructor and no
/// registration: the generator finds it and composes the whole chain, from the oldest version to the newest, at compile time.
/// </summary>
/// <remarks>
/// Stored events don't change. All readers of events see the newest version: reads, subscribers, projections and states. An upcaster must
/// be a pure function of the event; it is called each time the event is read, concurrently by several threads.
/// </remarks>
/// <typeparam name="TOld">A type marked with <see cref="EventAttribute"/> that is no longer written.</typeparam>
/// <typeparam name="TNew">The type marked with <see cref="EventAttribute"/> that replaced it.</typeparam>
public interface IUpcaster<in TOld, out TNew>
    where TOld : notnull
    where TNew : notnull
{
    /// <summary>Returns the event as it would be recorded today.</summary>
    TNew Upcast(TOld @event);
}
