namespace EventStore.EF;

/// <summary>What a durable subscription is doing.</summary>
public enum SubscriptionStatus
{
    /// <summary>At least one of its partitions has no owner: nobody has started it, or the owner died and its lease has run out.</summary>
    Stopped,

    /// <summary>Every partition has an owner.</summary>
    Running,

    /// <summary>Every partition has an owner, and a handler's last call has failed.</summary>
    Failing,

    /// <summary>Somebody has paused it.</summary>
    Paused,
}
