namespace EventStore.EF;

/// <summary>
/// Handles events of one type. A class may implement this interface for several types; the generator writes the dispatch, so
/// nothing is found by reflection. Registered with <c>AddSubscriber&lt;T&gt;("name")</c>.
/// </summary>
/// <typeparam name="TEvent">A type marked <see cref="EventAttribute"/>, or a base type or interface of such types.</typeparam>
/// <remarks>
/// Delivery is at least once and in the order of positions: after a crash the events since the last checkpoint are delivered
/// again. Each event, and each repetition, gets an object from a service scope of its own. When it throws, the event is tried again
/// with growing delays; later events wait, nothing is skipped.
/// </remarks>
public interface ISubscriber<in TEvent>
    where TEvent : notnull
{
    /// <summary>Handles one event.</summary>
    /// <param name="event">The event.</param>
    /// <param name="context">Where it stands in the store, its ids and metadata, and which subscription delivers it.</param>
    /// <param name="ct">Cancelled when the host stops or the subscription is lost to another process.</param>
    ValueTask HandleAsync(TEvent @event, EventContext context, CancellationToken ct);
}
