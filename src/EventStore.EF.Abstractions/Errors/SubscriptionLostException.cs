namespace EventStore.EF;

/// <summary>This process no longer owns the subscription, or it was rewound. Its checkpoint was not written.</summary>
public sealed class SubscriptionLostException : EventStoreException
{
    internal SubscriptionLostException(SubscriptionName name, bool isRewound = false)
        : base(isRewound
            ? $"Subscription '{name}' was rewound or given to another process while this process was running it. Its checkpoint was not " +
                "written; the subscription continues from where it was set."
            : $"Subscription '{name}' now belongs to another process, because this one did not renew its lease in time. Its checkpoint " +
                "was not written; the other process continues from the last one.")
        => Name = name;

    /// <summary>The subscription.</summary>
    public SubscriptionName Name { get; }
}
