namespace EventStore.EF;

/// <summary>A received event on its way. It is in at most one <see cref="DeliveryQueue"/> at a time.</summary>
internal sealed class DeliveryEntry(DeliveryItem item)
{
    private DeliveryItem? _item = item;

    /// <summary>What was received; gone when it is finished, so that nothing keeps its payload while an earlier one is not.</summary>
    public DeliveryItem Item => _item ?? throw new InvalidOperationException($"The event at {Place} is finished.");

    /// <summary>How many bytes the event has.</summary>
    public int Size { get; } = item.Event.Size;

    public long Place { get; } = item.Place;

    public DeliveryState State { get; set; }

    /// <summary>Who has it, or had it when it was finished.</summary>
    public DeliveryConsumer? Consumer { get; set; }

    /// <summary>What orders or parks it; null where its key doesn't matter.</summary>
    public DeliveryKey? Key { get; set; }

    public DeliveryEntry? Previous { get; set; }

    public DeliveryEntry? Next { get; set; }

    /// <summary>It is handled, skipped or parked.</summary>
    public void Finish()
    {
        State = DeliveryState.Finished;
        _item = null;
    }
}

/// <summary>Where an event is on its way.</summary>
internal enum DeliveryState
{
    /// <summary>Received and not sent, or sent to a consumer that left.</summary>
    Pending,

    /// <summary>In flight at a consumer.</summary>
    Sent,

    /// <summary>Being written into the parked table.</summary>
    Parking,

    /// <summary>Handled, skipped or parked.</summary>
    Finished,
}
