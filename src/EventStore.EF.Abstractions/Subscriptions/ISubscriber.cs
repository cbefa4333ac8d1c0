namespace EventStore.EF;

/// <summary>
/// Handles events of one type. A class may implement this interface for several types; the generator writes the dispatch, without
/// reflection. Register it with <c>AddSubscriber&lt;T&gt;("name")</c>.
/// </summary>
/// <typeparam name="TEvent">A type marked with <see cref="EventAttribute"/>, or a base type or interface of such types.</typeparam>
/// <remarks>
/// Delivery is at least once, in the order of positions: after a crash, the events since the last checkpoint are delivered again. Each
/// attempt at each event uses an instance from its own service scope. When the handler throws, the event is retried with growing delays;
/// later events wait, and nothing is skipped.
/// </remarks>
public interface ISubscriber<in TEvent>
    where TEvent : notnull
{
    /// <summary>Handles one event.</summary>
    /// <param name="event">The event.</param>
    /// <param name="context">The position, ids and metadata of the event, and the subscription that delivers it.</param>
    /// <param name="cancellationToken">Cancelled when the host stops or the subscription is lost to another process.</param>
    ValueTask HandleAsync(TEvent @event, EventContext context, CancellationToken cancellationToken);
}
