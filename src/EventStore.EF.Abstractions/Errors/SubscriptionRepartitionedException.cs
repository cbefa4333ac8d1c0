namespace EventStore.EF;

/// <summary>
/// The number of the subscription's partitions was changed by <see cref="ISubscriptionAdministration.RepartitionAsync"/>. A process that
/// runs it with the old number delivers nothing more.
/// </summary>
public sealed class SubscriptionRepartitionedException : EventStoreException
{
    internal SubscriptionRepartitionedException(SubscriptionName name, int configured, int partitions)
        : base(
            $"Subscription '{name}' now has {partitions} {(partitions == 1 ? "partition" : "partitions")}, but this process runs it with " +
            $"{configured}. It ends in this process; its progress is kept. Set SubscriptionOptions.Partitions to {partitions} and " +
            $"restart, or call RepartitionAsync to change the number to {configured}.")
    {
        Name = name;
        Configured = configured;
        Partitions = partitions;
    }

    /// <summary>The subscription.</summary>
    public SubscriptionName Name { get; }

    /// <summary>The number of partitions in this process's <see cref="SubscriptionOptions.Partitions"/>.</summary>
    public int Configured { get; }

    /// <summary>The stored number of partitions.</summary>
    public int Partitions { get; }
}
