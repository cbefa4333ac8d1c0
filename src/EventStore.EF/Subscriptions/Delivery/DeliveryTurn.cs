namespace EventStore.EF;

/// <summary>Whether a checkpoint may be written to a place.</summary>
internal enum DeliveryTurn
{
    /// <summary>Everything before it is finished.</summary>
    Now,

    /// <summary>Earlier events are on their way into the parked table; when they are there, it may.</summary>
    Later,

    /// <summary>
    /// Earlier events are still to be handled: their key was parked when this one was sent, and its last parked event was replayed or
    /// discarded just then. Only beginning again from the checkpoint brings them back in order.
    /// </summary>
    Missed,
}
