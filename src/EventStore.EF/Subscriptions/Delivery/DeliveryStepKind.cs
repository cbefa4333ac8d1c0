namespace EventStore.EF.Subscriptions.Delivery;

/// <summary>The kinds of step.</summary>
internal enum DeliveryStepKind
{
    /// <summary>Write the position as the checkpoint, then report <see cref="DeliveryMachine.Checkpointed"/>.</summary>
    Checkpoint,

    /// <summary>
    /// Write the items to the table of parked events, then report <see cref="DeliveryMachine.Parked"/>. The machine returns them only once:
    /// the caller retries until it succeeds, or gives up the machine.
    /// </summary>
    Park,

    /// <summary>Read a page from the position, inclusive, then report <see cref="DeliveryMachine.PageArrived"/>.</summary>
    ReadPage,

    /// <summary>
    /// Join the tail reader, having received everything up to the position, then report <see cref="DeliveryMachine.Attached"/>.
    /// </summary>
    Attach,

    /// <summary>Wait for an acknowledgement, a consumer or live events, whichever comes first.</summary>
    Wait,
}
