namespace EventStore.EF;

/// <summary>Information about a durable subscription.</summary>
public sealed record SubscriptionInfo
{
    /// <summary>The maximum of <see cref="LagEvents"/>: 100,000.</summary>
    public const int MaxLagEvents = 100_000;

    /// <summary>The subscription's name.</summary>
    public required SubscriptionName Name { get; init; }

    /// <summary>The stream it reads; <see langword="null"/> for all events.</summary>
    public StreamName? Stream { get; init; }

    /// <summary>The checkpoint: every event up to this position is finished or filtered out, in all partitions.</summary>
    public required long Position { get; init; }

    /// <summary>The position of the last event it could read; 0 if there is none.</summary>
    public required long Head { get; init; }

    /// <summary>
    /// The number of events after the checkpoint, including those that the subscription filters out; counted up to
    /// <see cref="MaxLagEvents"/>.
    /// </summary>
    public required int LagEvents { get; init; }

    /// <summary>The age of the first event after the checkpoint, by the database's clock; zero if there is none.</summary>
    public required TimeSpan LagTime { get; init; }

    /// <summary>What it is doing.</summary>
    public required SubscriptionStatus Status { get; init; }

    /// <summary>The number of its parked events.</summary>
    public required int ParkedCount { get; init; }

    /// <summary>The last error of its handler; <see langword="null"/> if it has moved on since.</summary>
    public string? LastError { get; init; }

    /// <summary>When that error occurred, by the database's clock, in UTC.</summary>
    public DateTimeOffset? LastErrorAt { get; init; }

    /// <summary>When it was created, by the database's clock, in UTC.</summary>
    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>
    /// The stored names of the events it handles, in ordinal order: everything that the handler class handled in any build that ever ran,
    /// minus retired names. <see langword="null"/> if no handler class has run.
    /// </summary>
    public IReadOnlyList<string>? Handles { get; init; }

    /// <summary>Its partitions in order, at least one.</summary>
    public required IReadOnlyList<SubscriptionPartition> Partitions { get; init; }
}
