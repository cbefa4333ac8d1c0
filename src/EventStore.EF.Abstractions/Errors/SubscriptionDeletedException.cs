namespace EventStore.EF;

/// <summary>Somebody has deleted the subscription while it ran: it has no checkpoint any more, and delivers nothing more.</summary>
public sealed class SubscriptionDeletedException : EventStoreException
{
    internal SubscriptionDeletedException(SubscriptionName name)
        : base($"Subscription '{name}' was deleted while it ran. Its checkpoint is gone; subscribing again makes it anew, from its start.")
        => Name = name;

    /// <summary>The subscription.</summary>
    public SubscriptionName Name { get; }
}
