namespace EventStore.EF;

/// <summary>One partition of a durable subscription.</summary>
public sealed record SubscriptionPartition
{
    /// <summary>The index of the partition, from 0.</summary>
    public required int Partition { get; init; }

    /// <summary>Its checkpoint: every event of its keys up to this position is finished.</summary>
    public required long Position { get; init; }

    /// <summary>The process that owns it (computer/process id/unique part); <see langword="null"/> if there is none.</summary>
    public string? Owner { get; init; }

    /// <summary>When the lease of that process expires unless renewed, in UTC.</summary>
    public DateTimeOffset? LeaseExpiresAt { get; init; }

    /// <summary>
    /// Whether the owner can handle everything that the subscription handles. An owner that can't waits at the first event it can't handle
    /// and gives way to a process that can. True if there is no owner.
    /// </summary>
    public bool IsCovered { get; init; } = true;

    /// <summary>Incremented with each change of owner.</summary>
    public required long Epoch { get; init; }
}
