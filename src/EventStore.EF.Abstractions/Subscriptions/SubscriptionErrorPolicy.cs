namespace EventStore.EF;

/// <summary>What to do with an event that still fails after all attempts.</summary>
public enum SubscriptionErrorPolicy
{
    /// <summary>
    /// The event waits in the table of parked events, together with later events of its partition key, in order, until they are replayed or
    /// discarded; everything else continues. An event without a key (<see cref="SubscriptionOptions.PartitionBy"/> returned null) stops the
    /// subscription instead.
    /// </summary>
    Park,

    /// <summary>The subscription is paused at the event, with its error, until somebody resumes it.</summary>
    Stop,

    /// <summary>The event is skipped: logged as an error and counted in the metric <c>eventstore.subscription.skipped</c>.</summary>
    Skip,
}
