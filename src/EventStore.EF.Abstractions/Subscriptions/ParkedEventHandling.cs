namespace EventStore.EF;

/// <summary>What to do with parked events when their subscription is rewound.</summary>
public enum ParkedEventHandling
{
    /// <summary>Keep them parked, together with later events of their keys, until they are replayed or discarded.</summary>
    Keep,

    /// <summary>Discard them; those after the new checkpoint are delivered again like all other events.</summary>
    Discard,
}
