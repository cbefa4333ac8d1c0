namespace EventStore.EF;

/// <summary>One received event that passed filter, selector and partition of its subscription.</summary>
/// <param name="Event">The event.</param>
/// <param name="Key">Events of one key are delivered in order, and park together; <see langword="null"/>: nothing partitions it.</param>
/// <param name="Mapped">What the subscription's mapper made of it, if it has one.</param>
internal sealed record DeliveryItem(RecordedEvent Event, string? Key, object? Mapped)
{
    /// <summary>Its place in what the subscription reads: all, or one stream. Checkpoints count in places.</summary>
    public long Place => Event.Number;
}
