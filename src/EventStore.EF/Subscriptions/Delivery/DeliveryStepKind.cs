namespace EventStore.EF;

/// <summary>The kinds of step.</summary>
internal enum DeliveryStepKind
{
    /// <summary>Write the place as checkpoint, then report <see cref="DeliveryMachine.Checkpointed"/>.</summary>
    Checkpoint,

    /// <summary>
    /// Write the items into the parked table, then report <see cref="DeliveryMachine.Parked"/>. Named once only: whoever runs it tries until
    /// it is done, or gives up the machine.
    /// </summary>
    Park,

    /// <summary>Read a page from the place, inclusive, then report <see cref="DeliveryMachine.PageArrived"/>.</summary>
    ReadPage,

    /// <summary>Join the tail reader, having received everything up to the place, then report <see cref="DeliveryMachine.Attached"/>.</summary>
    Attach,

    /// <summary>Wait for an acknowledgement, a consumer or live events, whichever is first.</summary>
    Wait,
}
