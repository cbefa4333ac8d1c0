namespace EventStore.EF.Subscriptions.Delivery;

/// <summary>Whether a checkpoint may be written at a position.</summary>
internal enum DeliveryTurn
{
    /// <summary>Everything before it is finished.</summary>
    Now,

    /// <summary>Earlier events are being written to the table of parked events; afterwards it may.</summary>
    Later,

    /// <summary>
    /// Earlier events must still be handled: their key was parked when this event was sent, and its last parked event has just been
    /// replayed or discarded. Only a restart from the checkpoint puts them in order.
    /// </summary>
    Missed,
}
