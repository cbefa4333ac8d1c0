namespace EventStore.EF;

/// <summary>What the store knows of a durable subscription.</summary>
public sealed record SubscriptionInfo
{
    /// <summary>The most events that are counted for <see cref="LagEvents"/>: 100,000.</summary>
    public const int MaxLagEvents = 100_000;

    /// <summary>The subscription's name.</summary>
    public required SubscriptionName Name { get; init; }

    /// <summary>The stream that it reads; <see langword="null"/> for all events.</summary>
    public StreamName? Stream { get; init; }

    /// <summary>The checkpoint: every event up to this place is finished or filtered out, in all partitions.</summary>
    public required long Position { get; init; }

    /// <summary>The place of the last event that it could read; 0 when there is none.</summary>
    public required long Head { get; init; }

    /// <summary>
    /// How many events lie behind the checkpoint, those included that the subscription filters out; counted up to <see cref="MaxLagEvents"/>.
    /// </summary>
    public required int LagEvents { get; init; }

    /// <summary>The age of the first event behind the checkpoint, by the database's clock; zero when there is none.</summary>
    public required TimeSpan LagTime { get; init; }

    /// <summary>What it is doing.</summary>
    public required SubscriptionStatus Status { get; init; }

    /// <summary>How many of its events are parked.</summary>
    public required int ParkedCount { get; init; }

    /// <summary>The last error of its handler, <see langword="null"/> when it has gone on since.</summary>
    public string? LastError { get; init; }

    /// <summary>When that was, by the database's clock, in UTC.</summary>
    public DateTimeOffset? LastErrorAt { get; init; }

    /// <summary>When it was first made, by the database's clock, in UTC.</summary>
    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>
    /// The stored names of the events that it handles, in ordinal order: what the classes of handlers of all builds have handled that ever ran, until
    /// some are retired. <see langword="null"/> where no class of handlers has run.
    /// </summary>
    public IReadOnlyList<string>? Handles { get; init; }

    /// <summary>Its partitions in order, at least one.</summary>
    public required IReadOnlyList<SubscriptionPartition> Partitions { get; init; }
}
