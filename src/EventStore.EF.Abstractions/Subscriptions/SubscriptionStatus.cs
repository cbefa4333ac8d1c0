namespace EventStore.EF;

/// <summary>What a durable subscription is doing.</summary>
public enum SubscriptionStatus
{
    /// <summary>At least one partition has no owner: nobody has started it, or the owner died and its lease has expired.</summary>
    Stopped,

    /// <summary>Every partition has an owner.</summary>
    Running,

    /// <summary>Every partition has an owner, and the last call of a handler failed.</summary>
    Failing,

    /// <summary>It is paused.</summary>
    Paused,
}
