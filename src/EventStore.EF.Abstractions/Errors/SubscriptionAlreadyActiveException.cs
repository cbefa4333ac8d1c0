namespace EventStore.EF;

/// <summary>The subscription is already being processed, in this process or in another.</summary>
public sealed class SubscriptionAlreadyActiveException : EventStoreException
{
    internal SubscriptionAlreadyActiveException(SubscriptionName name, string? owner)
        : base(
            $"Subscription '{name}' is already active{(owner is null ? "" : $", in process '{owner}'")}: only one owner at a time may " +
            "process it. Stop that one, or stand by for it.")
    {
        Name = name;
        Owner = owner;
    }

    /// <summary>The subscription.</summary>
    public SubscriptionName Name { get; }

    /// <summary>The process that owns it (computer/process id/unique part), if known.</summary>
    public string? Owner { get; }
}
