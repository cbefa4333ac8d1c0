namespace EventStore.EF;

/// <summary>What the store knows of a stream.</summary>
public sealed record StreamInfo
{
    /// <summary>The stream's name.</summary>
    public required StreamName Name { get; init; }

    /// <summary>The number of its last event; 0 without events. Linked events count.</summary>
    public required long Version { get; init; }

    /// <summary>The number of the oldest event that is kept: 1 unless the stream was truncated.</summary>
    public required long OldestVersion { get; init; }

    /// <summary>Whether events of other streams are linked into it.</summary>
    public required bool HasLinks { get; init; }

    /// <summary>When it was created, by the database's clock, in UTC.</summary>
    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>When it was last appended or linked to, deleted, undeleted or truncated, by the database's clock, in UTC.</summary>
    public required DateTimeOffset LastActivityAt { get; init; }

    /// <summary>When it was deleted, in UTC; <see langword="null"/> while it is not.</summary>
    public DateTimeOffset? DeletedAt { get; init; }
}
