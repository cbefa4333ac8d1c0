namespace EventStore.EF;

/// <summary>Why a subscription had not finished an event in time.</summary>
public enum SubscriptionTimeoutReason
{
    /// <summary>It runs, and is not that far yet.</summary>
    Behind,

    /// <summary>It was never started: the host that runs it has not made it yet.</summary>
    NotCreated,

    /// <summary>No process runs it, or one of its partitions.</summary>
    NotRunning,

    /// <summary>It is paused: by a call, or because its handler failed and its error policy is to stop.</summary>
    Paused,

    /// <summary>Its handler fails, and tries again.</summary>
    Failing,

    /// <summary>The event is parked, and its replay is not done yet.</summary>
    Parked,

    /// <summary>A transaction that has appended and is still open holds the event back.</summary>
    HeldBack,
}
