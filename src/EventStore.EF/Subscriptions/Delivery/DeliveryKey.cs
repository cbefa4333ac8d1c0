namespace EventStore.EF;

/// <summary>A partition key that has events waiting or in flight, or that is parked.</summary>
internal sealed class DeliveryKey(string name)
{
    public string Name { get; } = name;

    /// <summary>Its pending events, by place.</summary>
    public DeliveryQueue Waiting { get; } = new();

    /// <summary>How many of its events are in flight: all at <see cref="Consumer"/>, and all before those that wait.</summary>
    public int InFlight { get; set; }

    /// <summary>Who has its events in flight.</summary>
    public DeliveryConsumer? Consumer { get; set; }

    public bool IsParked { get; set; }

    /// <summary>How many of its events are being written into the parked table.</summary>
    public int Parking { get; set; }

    /// <summary>The heap that it is in, if any; kept by the heap, as are the next two.</summary>
    public DeliveryKeyHeap? Heap { get; set; }

    public int HeapIndex { get; set; }

    /// <summary>The place of its first waiting event when it came into the heap.</summary>
    public long HeapOrder { get; set; }
}
