namespace EventStore.EF;

/// <summary>
/// A consumer of a subscription: it receives batches of events, in order, and acknowledges them. Thread-safe, but only one reader at a time
/// may read batches.
/// </summary>
/// <remarks>
/// Delivery is at least once: events delivered but not acknowledged are delivered again, to another consumer or after the next start. At
/// most <see cref="SubscriptionOptions.BufferSize"/> events are in flight, however slow the consumer is. Database trouble doesn't end the
/// subscription: it continues where it was when the database responds again. When the subscription is paused or rewound, reading waits, or
/// continues with the events from the new position; acknowledging events delivered before then does nothing.
/// </remarks>
public interface IEventSubscription : IAsyncDisposable
{
    /// <summary>The subscription's name; generated for a transient subscription.</summary>
    SubscriptionName Name { get; }

    /// <summary>What it is doing.</summary>
    EventSubscriptionStatus Status { get; }

    /// <summary>
    /// Completes when this process owns the subscription, or at least one of its partitions: at once, unless it stands by for another
    /// process. Ownership may be lost again afterwards.
    /// </summary>
    /// <param name="cancellationToken">Cancels waiting.</param>
    /// <exception cref="SubscriptionLostException">
    /// Another process has taken over because this one did not renew its lease in time.
    /// </exception>
    /// <exception cref="SubscriptionDeletedException">The subscription was deleted.</exception>
    /// <exception cref="StreamDeletedException">The stream it reads is deleted.</exception>
    /// <exception cref="ObjectDisposedException">The consumer has been disposed.</exception>
    Task WaitUntilActiveAsync(CancellationToken cancellationToken = default);

    /// <summary>
    /// Reads batches as they arrive. The enumeration ends by cancellation, by <see cref="IAsyncDisposable.DisposeAsync"/>, or with an
    /// exception.
    /// </summary>
    /// <param name="cancellationToken">Ends the enumeration; a later one continues with the next batch.</param>
    /// <exception cref="SubscriptionLostException">
    /// Another process has taken over because this one did not renew its lease in time.
    /// </exception>
    /// <exception cref="SubscriptionDeletedException">The subscription was deleted.</exception>
    /// <exception cref="StreamDeletedException">The stream it reads is deleted.</exception>
    IAsyncEnumerable<EventBatch> ReadBatchesAsync(CancellationToken cancellationToken = default);

    /// <summary>
    /// Acknowledges a batch and everything delivered to this consumer before it. Does nothing if it is already acknowledged.
    /// </summary>
    /// <exception cref="ArgumentException">The batch was not delivered to this consumer.</exception>
    /// <exception cref="SubscriptionLostException">Another process has taken over; it delivers the events again.</exception>
    /// <exception cref="SubscriptionDeletedException">The subscription was deleted.</exception>
    ValueTask AckAsync(EventBatch batch, CancellationToken cancellationToken = default);

    /// <summary>
    /// Acknowledges an event and everything delivered to this consumer before it. Does nothing if it is already acknowledged.
    /// </summary>
    /// <exception cref="ArgumentException">The event was not delivered to this consumer.</exception>
    /// <exception cref="SubscriptionLostException">Another process has taken over; it delivers the event again.</exception>
    /// <exception cref="SubscriptionDeletedException">The subscription was deleted.</exception>
    ValueTask AckAsync(RecordedEvent @event, CancellationToken cancellationToken = default);

    /// <summary>
    /// Parks an event that can't be handled: it counts as finished, and it waits, with later events of its partition key, until it is
    /// replayed or discarded. Events delivered before it still have to be acknowledged.
    /// </summary>
    /// <param name="event">An event that was delivered and is not acknowledged.</param>
    /// <param name="error">The reason, shown with the parked event.</param>
    /// <param name="cancellationToken">Cancels waiting for the database.</param>
    /// <exception cref="ArgumentException">The event is not in flight at this consumer.</exception>
    /// <exception cref="InvalidOperationException">The event has no partition key, or the subscription is transient.</exception>
    /// <exception cref="SubscriptionLostException">Another process has taken over; it delivers the event again.</exception>
    Task ParkAsync(RecordedEvent @event, string error, CancellationToken cancellationToken = default);
}
