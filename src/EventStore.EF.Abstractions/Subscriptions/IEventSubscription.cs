namespace EventStore.EF;

/// <summary>
/// One consumer of a subscription: gets batches of events, in order, and acknowledges them. Safe for use by several threads, but one at a
/// time reads batches.
/// </summary>
/// <remarks>
/// Delivery is at least once: what was delivered and not acknowledged is delivered again, to another consumer or after the next start.
/// No more than <see cref="SubscriptionOptions.BufferSize"/> events are in flight, however slow the consumer is. Trouble with the
/// database doesn't end it: it goes on, where it was, when the database answers again. When the subscription is paused or rewound, reading
/// waits, or goes on with the events from the new place; acknowledging what was delivered before does nothing then.
/// </remarks>
public interface IEventSubscription : IAsyncDisposable
{
    /// <summary>The subscription's name; for a transient one it was made up.</summary>
    SubscriptionName Name { get; }

    /// <summary>What it is doing.</summary>
    EventSubscriptionStatus Status { get; }

    /// <summary>The batches, as they come; it ends by cancellation, by <see cref="IAsyncDisposable.DisposeAsync"/>, or by an exception.</summary>
    /// <param name="ct">Ends the enumeration; a later one goes on with the next batch.</param>
    /// <exception cref="SubscriptionLostException">Another process has taken over, because this one didn't answer for longer than the lease.</exception>
    /// <exception cref="SubscriptionDeletedException">The subscription was deleted.</exception>
    /// <exception cref="StreamDeletedException">The stream that it reads is deleted.</exception>
    IAsyncEnumerable<EventBatch> ReadBatchesAsync(CancellationToken ct = default);

    /// <summary>Acknowledges a batch, and all that was delivered to this consumer before it. Repeated, or after a newer one, it does nothing.</summary>
    /// <exception cref="ArgumentException">The batch was not delivered to this consumer.</exception>
    /// <exception cref="SubscriptionLostException">Another process has taken over; it delivers the events again.</exception>
    /// <exception cref="SubscriptionDeletedException">The subscription was deleted.</exception>
    ValueTask AckAsync(EventBatch batch, CancellationToken ct = default);

    /// <summary>Acknowledges an event, and all that was delivered to this consumer before it. Repeated, or after a newer one, it does nothing.</summary>
    /// <exception cref="ArgumentException">The event was not delivered to this consumer.</exception>
    /// <exception cref="SubscriptionLostException">Another process has taken over; it delivers the event again.</exception>
    /// <exception cref="SubscriptionDeletedException">The subscription was deleted.</exception>
    ValueTask AckAsync(RecordedEvent @event, CancellationToken ct = default);

    /// <summary>
    /// Parks an event that can't be handled: it counts as finished, and waits with the later ones of its partition key until it is replayed
    /// or discarded. What was delivered before it stays to be acknowledged.
    /// </summary>
    /// <param name="event">Delivered and not acknowledged.</param>
    /// <param name="error">Why, for whoever looks at the parked events.</param>
    /// <param name="ct">Cancels waiting for the database.</param>
    /// <exception cref="ArgumentException">The event is not in flight at this consumer.</exception>
    /// <exception cref="InvalidOperationException">The event has no partition key, or the subscription is transient.</exception>
    /// <exception cref="SubscriptionLostException">Another process has taken over; it delivers the event again.</exception>
    Task ParkAsync(RecordedEvent @event, string error, CancellationToken ct = default);
}
