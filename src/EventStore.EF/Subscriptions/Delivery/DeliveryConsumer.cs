namespace EventStore.EF;

/// <summary>One consumer of a subscription.</summary>
internal sealed class DeliveryConsumer(int id)
{
    public int Id { get; } = id;

    /// <summary>Its events in flight, in the order in which they were sent: by place within a key, but not over all keys.</summary>
    public DeliveryQueue Sent { get; } = new();

    public int InFlight { get; set; }

    /// <summary>The bytes of its events in flight.</summary>
    public long InFlightBytes { get; set; }

    /// <summary>The highest place ever sent to it; null before the first.</summary>
    public long? HighestSent { get; set; }

    /// <summary>Keys that it has events of in flight, and that have more waiting: those may go to this consumer only.</summary>
    public DeliveryKeyHeap OwnKeys { get; } = new();
}
