namespace EventStore.EF.Subscriptions.Delivery;

/// <summary>One consumer of a subscription.</summary>
internal sealed class DeliveryConsumer(int id)
{
    public int Id { get; } = id;

    /// <summary>Its events in flight, in the order in which they were sent: by position within a key, but not across keys.</summary>
    public DeliveryQueue Sent { get; } = new();

    public int InFlight { get; set; }

    /// <summary>The bytes of its events in flight.</summary>
    public long InFlightBytes { get; set; }

    /// <summary>The highest position ever sent to it; null before the first.</summary>
    public long? HighestSent { get; set; }

    /// <summary>The keys that have events in flight here and more waiting: those may go to this consumer only.</summary>
    public DeliveryKeyHeap OwnKeys { get; } = new();
}
