namespace EventStore.EF;

/// <summary>
/// The subscription was given another number of partitions by <see cref="ISubscriptionAdministration.RepartitionAsync"/>: a process that
/// runs it with the number of before delivers nothing more.
/// </summary>
public sealed class SubscriptionRepartitionedException : EventStoreException
{
    internal SubscriptionRepartitionedException(SubscriptionName name, int configured, int partitions)
        : base(
            $"Subscription '{name}' has {partitions} {(partitions == 1 ? "partition" : "partitions")} now, and this process runs it with " +
            $"{configured}. It ends in this process; what was finished is kept. Set SubscriptionOptions.Partitions to {partitions} and " +
            $"start again, or call RepartitionAsync to change the number to {configured}.")
    {
        Name = name;
        Configured = configured;
        Partitions = partitions;
    }

    /// <summary>The subscription.</summary>
    public SubscriptionName Name { get; }

    /// <summary>The number of partitions that this process has in its <see cref="SubscriptionOptions.Partitions"/>.</summary>
    public int Configured { get; }

    /// <summary>The number of partitions that the subscription has in the store.</summary>
    public int Partitions { get; }
}
