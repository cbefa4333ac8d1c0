using EventStore.EF.Subscriptions.Delivery;

namespace EventStore.EF.Tests.Subscriptions.Delivery;

/// <summary>An event of the model's store, and all that became of it.</summary>
internal sealed class ModelEvent(DeliveryItem item, bool isWanted)
{
    public DeliveryItem Item { get; } = item;

    /// <summary>False: the subscription's filter leaves it out.</summary>
    public bool IsWanted { get; set; } = isWanted;

    public long Place => Item.Place;

    public string? Key => Item.Key;

    public long Size => Item.Event.Size;

    public ModelState State { get; set; }

    /// <summary>Who has it, or had it when it was finished.</summary>
    public ModelConsumer? Consumer { get; set; }

    public bool WasSent { get; set; }

    public bool WasParked { get; set; }
}

internal enum ModelState
{
    Waiting,
    Sent,
    Parking,
    Finished,
}
