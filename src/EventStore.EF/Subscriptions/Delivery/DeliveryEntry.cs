namespace EventStore.EF.Subscriptions.Delivery;

/// <summary>A received event. It is in at most one <see cref="DeliveryQueue"/> at a time.</summary>
internal sealed class DeliveryEntry(DeliveryItem item)
{
    private DeliveryItem? _item = item;

    /// <summary>
    /// The received item; dropped when the event is finished, so that its payload isn't kept while an earlier event is unfinished.
    /// </summary>
    public DeliveryItem Item => _item ?? throw new InvalidOperationException($"The event at {Place} is finished.");

    /// <summary>The event's size in bytes.</summary>
    public int Size { get; } = item.Event.Size;

    public long Place { get; } = item.Place;

    public DeliveryState State { get; set; }

    /// <summary>The consumer that has the event in flight, or had it when it was finished.</summary>
    public DeliveryConsumer? Consumer { get; set; }

    /// <summary>The key that orders or parks it; null if its key doesn't matter.</summary>
    public DeliveryKey? Key { get; set; }

    public DeliveryEntry? Previous { get; set; }

    public DeliveryEntry? Next { get; set; }

    /// <summary>Records that the event is handled, skipped or parked.</summary>
    public void Finish()
    {
        State = DeliveryState.Finished;
        _item = null;
    }
}

/// <summary>The states of a received event.</summary>
internal enum DeliveryState
{
    /// <summary>Received but not sent, or sent to a consumer that has left.</summary>
    Pending,

    /// <summary>In flight at a consumer.</summary>
    Sent,

    /// <summary>Being written to the table of parked events.</summary>
    Parking,

    /// <summary>Handled, skipped or parked.</summary>
    Finished,
}
