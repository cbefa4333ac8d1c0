namespace EventStore.EF;

/// <summary>Information about a stream.</summary>
public sealed record StreamInfo
{
    /// <summary>The stream's name.</summary>
    public required StreamName Name { get; init; }

    /// <summary>The number of its last event, including links; 0 if it has none.</summary>
    public required long Version { get; init; }

    /// <summary>The number of its oldest remaining event: 1 unless the stream was truncated.</summary>
    public required long OldestVersion { get; init; }

    /// <summary>Whether it contains links to events of other streams.</summary>
    public required bool HasLinks { get; init; }

    /// <summary>When it was created, by the database's clock, in UTC.</summary>
    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>When it was last appended or linked to, deleted, undeleted or truncated, by the database's clock, in UTC.</summary>
    public required DateTimeOffset LastActivityAt { get; init; }

    /// <summary>When it was deleted, in UTC; <see langword="null"/> if it is not deleted.</summary>
    public DateTimeOffset? DeletedAt { get; init; }
}
