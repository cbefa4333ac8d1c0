namespace EventStore.EF;

/// <summary>The subscription was deleted while it was running: its checkpoint is gone, and it delivers nothing more.</summary>
public sealed class SubscriptionDeletedException : EventStoreException
{
    internal SubscriptionDeletedException(SubscriptionName name)
        : base(
            $"Subscription '{name}' was deleted while it was running. Its checkpoint is gone; " +
            "subscribing again creates a new one, from its start.")
        => Name = name;

    /// <summary>The subscription.</summary>
    public SubscriptionName Name { get; }
}
