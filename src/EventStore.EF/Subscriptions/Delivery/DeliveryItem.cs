namespace EventStore.EF.Subscriptions.Delivery;

/// <summary>A received event that passed the filter, selector and partition of its subscription.</summary>
/// <param name="Event">The event.</param>
/// <param name="Key">Events of one key are delivered in order and parked together; <see langword="null"/> if the event has no key.</param>
/// <param name="Mapped">The result of the subscription's mapper, if it has one.</param>
/// <param name="Failure">
/// The exception that a function of the subscription kept throwing for it; the policy decides what happens to it.
/// </param>
internal sealed record DeliveryItem(RecordedEvent Event, string? Key, object? Mapped, Exception? Failure = null)
{
    private int _isTraceTaken;

    /// <summary>Whether it was received right after its append, rather than while catching up.</summary>
    public bool IsLive { get; init; }

    /// <summary>Its position in what the subscription reads: all events, or one stream. Checkpoints count these positions.</summary>
    public long Place => Event.Number;

    /// <summary>Whether handling it may continue the trace of its append: true once, for a live event.</summary>
    public bool TakeTrace() => IsLive && Interlocked.Exchange(ref _isTraceTaken, 1) == 0;
}
