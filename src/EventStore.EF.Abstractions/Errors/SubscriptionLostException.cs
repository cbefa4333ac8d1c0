namespace EventStore.EF;

/// <summary>Another process has taken the subscription over; this one's checkpoint was not written.</summary>
public sealed class SubscriptionLostException : EventStoreException
{
    internal SubscriptionLostException(SubscriptionName name)
        : base($"Subscription '{name}' belongs to another process by now: this one did not renew its lease in time. Its checkpoint was not written; the other process goes on from the last one.")
        => Name = name;

    /// <summary>The subscription.</summary>
    public SubscriptionName Name { get; }
}
