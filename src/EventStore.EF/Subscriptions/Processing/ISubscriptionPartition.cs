namespace EventStore.EF.Subscriptions.Processing;

/// <summary>Runs one partition of a subscription in this process: serves consumers while the process holds it.</summary>
internal interface ISubscriptionPartition
{
    /// <summary>The status of the partition.</summary>
    EventSubscriptionStatus Status { get; }

    /// <summary>Raised when this process has acquired the partition.</summary>
    event Action? Activated;

    /// <summary>Whether this process holds the partition.</summary>
    bool IsActive { get; }

    /// <summary>The current processor; <see langword="null"/> while the process doesn't hold the partition.</summary>
    PartitionProcessor? Processor { get; }

    void Add(Consumer consumer);

    void Remove(Consumer consumer);
}
