namespace EventStore.EF.Subscriptions.Delivery;

/// <summary>A partition key that has events waiting or in flight, or is parked.</summary>
internal sealed class DeliveryKey(string name)
{
    public string Name { get; } = name;

    /// <summary>Its pending events, by position.</summary>
    public DeliveryQueue Waiting { get; } = new();

    /// <summary>The number of its events in flight: all at <see cref="Consumer"/>, and all earlier than the waiting ones.</summary>
    public int InFlight { get; set; }

    /// <summary>The consumer that has its events in flight.</summary>
    public DeliveryConsumer? Consumer { get; set; }

    public bool IsParked { get; set; }

    /// <summary>The number of its events that are being written to the table of parked events.</summary>
    public int Parking { get; set; }

    /// <summary>The heap that contains it, if any; maintained by the heap, like the next two.</summary>
    public DeliveryKeyHeap? Heap { get; set; }

    public int HeapIndex { get; set; }

    /// <summary>The position of its first waiting event when it was added to the heap.</summary>
    public long HeapOrder { get; set; }
}
