namespace EventStore.EF;

/// <summary>One partition of a durable subscription.</summary>
public sealed record SubscriptionPartition
{
    /// <summary>Which partition, from 0.</summary>
    public required int Partition { get; init; }

    /// <summary>Its checkpoint: every event of its keys up to this place is finished.</summary>
    public required long Position { get; init; }

    /// <summary>The process that works on it (computer/process id/unique part); <see langword="null"/> when none does.</summary>
    public string? Owner { get; init; }

    /// <summary>Until when that process holds it unless it renews its lease, in UTC.</summary>
    public DateTimeOffset? LeaseExpiresAt { get; init; }

    /// <summary>
    /// Whether the owner can handle everything that the subscription handles. While it can't, it stands still at the first event that it can't
    /// handle, and gives way to a process that can. True when there is no owner.
    /// </summary>
    public bool IsCovered { get; init; } = true;

    /// <summary>Counts the changes of owner.</summary>
    public required long Epoch { get; init; }
}
