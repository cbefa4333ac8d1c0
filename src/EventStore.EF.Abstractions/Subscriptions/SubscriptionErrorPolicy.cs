namespace EventStore.EF;

/// <summary>What becomes of an event that still fails after all attempts.</summary>
public enum SubscriptionErrorPolicy
{
    /// <summary>
    /// The event waits in the table of parked events, and so do the later ones of its partition key, in order, until they are replayed or
    /// discarded; everything else flows. An event without key (<see cref="SubscriptionOptions.PartitionBy"/> returned null) stops instead.
    /// </summary>
    Park,

    /// <summary>The subscription is paused at the event, with its error, until somebody resumes it.</summary>
    Stop,

    /// <summary>The event is passed over: logged as error and counted in the metric <c>eventstore.subscription.skipped</c>.</summary>
    Skip,
}
