namespace EventStore.EF;

/// <summary>What becomes of parked events when their subscription is rewound.</summary>
public enum ParkedEventHandling
{
    /// <summary>They stay parked, and so do later events of their keys until they are replayed or discarded.</summary>
    Keep,

    /// <summary>They are given up; those behind the new checkpoint are delivered again like all others.</summary>
    Discard,
}
