namespace EventStore.EF;

/// <summary>A durable subscription in a <see cref="StoreReport"/>.</summary>
public sealed record SubscriptionReport
{
    /// <summary>
    /// Its checkpoint, lag, status, partitions and last error. <see cref="SubscriptionInfo.ParkedCount"/> counts up to
    /// <see cref="StoreReport.MaxParkedEvents"/> for each partition.
    /// </summary>
    public required SubscriptionInfo Info { get; init; }

    /// <summary>When the first of its parked events, in order of position, was parked; <see langword="null"/> if none is.</summary>
    public DateTimeOffset? FirstParkedAt { get; init; }

    /// <summary>Why handling the first of its parked events failed; <see langword="null"/> if none is parked.</summary>
    public string? FirstParkedError { get; init; }

    /// <summary>The numbers of the partitions that have no owner.</summary>
    public required IReadOnlyList<int> PartitionsWithoutOwner { get; init; }

    /// <summary>
    /// When the lease of the owner that died first expired, by the database's clock; <see langword="null"/> if no lease has expired. A
    /// partition that was released has no owner, and no time.
    /// </summary>
    public DateTimeOffset? LeaseExpiredAt { get; init; }

    /// <summary>
    /// For how long at least the subscription has had no owner for some partition: since a lease expired, or as long as this process has
    /// seen so in its reports. Zero if every partition has an owner, or it is paused.
    /// </summary>
    public required TimeSpan WithoutOwnerFor { get; init; }

    /// <summary>
    /// For how long at least its checkpoint has not moved while events were waiting behind it, as far as this process has seen in its
    /// reports: a report a minute notices it within two. Zero if it moves, has nothing to do, or is paused.
    /// </summary>
    public required TimeSpan StandsStillFor { get; init; }

    /// <summary>
    /// How fast its checkpoint moves, in positions per second, over the last two minutes of this process's reports, or since the one
    /// before; <see langword="null"/> before there are two reports at least a second apart.
    /// </summary>
    public double? PositionsPerSecond { get; init; }

    /// <summary>
    /// When it will have caught up if it and the writers go on like this; zero if it has. <see langword="null"/> if that is unknown, or if
    /// the writers are faster.
    /// </summary>
    public TimeSpan? TimeToCatchUp { get; init; }

    /// <summary>
    /// Whether its last owner ended without releasing it, so that events are handled one at a time to find out what ended it.
    /// </summary>
    public bool IsSuspected { get; init; }

    /// <summary>
    /// Whether its checkpoint lies beyond the last position that the store has ever assigned: events that it has handled are lost.
    /// </summary>
    public bool IsAhead { get; init; }
}
