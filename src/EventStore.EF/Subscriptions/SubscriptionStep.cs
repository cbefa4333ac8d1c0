namespace EventStore.EF;

/// <summary>What a subscription does next.</summary>
/// <param name="Kind">What is to be done.</param>
/// <param name="Position">Where: see <see cref="SubscriptionStepKind"/>.</param>
/// <param name="Event">The event to deliver.</param>
/// <param name="Within">How long to wait at most; for ever when <see langword="null"/>.</param>
internal readonly record struct SubscriptionStep(SubscriptionStepKind Kind, long Position, RecordedEvent? Event = null, TimeSpan? Within = null);

/// <summary>The kinds of step.</summary>
internal enum SubscriptionStepKind
{
    /// <summary>Read a page from the position, inclusive.</summary>
    ReadPage,

    /// <summary>Join the tail reader, having received everything up to the position.</summary>
    Attach,

    /// <summary>Hand the event to the handler.</summary>
    Deliver,

    /// <summary>Write the position as checkpoint.</summary>
    Checkpoint,

    /// <summary>Wait for the live buffer.</summary>
    Wait,
}
