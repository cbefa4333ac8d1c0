namespace EventStore.EF;

/// <summary>Why a subscription had not finished an event in time.</summary>
public enum SubscriptionTimeoutReason
{
    /// <summary>It is running but has not reached the event yet.</summary>
    Behind,

    /// <summary>It was never started: no host has created it yet.</summary>
    NotCreated,

    /// <summary>No process runs it, or no process runs one of its partitions.</summary>
    NotRunning,

    /// <summary>It is paused, by a call or because its handler failed and its error policy is to stop.</summary>
    Paused,

    /// <summary>Its handler keeps failing and is retried.</summary>
    Failing,

    /// <summary>The event is parked, and its replay has not finished.</summary>
    Parked,

    /// <summary>A transaction that has appended and is still open delays the event.</summary>
    HeldBack,
}
