namespace EventStore.EF;

/// <summary>A row of the table <c>streams</c>, for LINQ.</summary>
public sealed class StoredStream
{
    /// <summary>The row's key, used only inside the database.</summary>
    public long Id { get; init; }

    /// <summary>The stream's name.</summary>
    public string Name { get; init; } = "";

    /// <summary>The number of the stream's last event, including linked ones; 0 without events.</summary>
    public long Version { get; init; }

    /// <summary>The number of the oldest event that is kept: 1, unless the stream was truncated.</summary>
    public long KeptFrom { get; init; }

    /// <summary>
    /// The position of the first event appended to the stream; 0 if there is none. It stays as it is when the stream is truncated.
    /// </summary>
    public long FirstPosition { get; init; }

    /// <summary>The position of the last event appended to the stream; 0 if there is none. Linked events don't count.</summary>
    public long LastPosition { get; init; }

    /// <summary>Whether events of other streams are linked into this stream; see <see cref="StoredLink"/>.</summary>
    public bool HasLinks { get; init; }

    /// <summary>The time at which the stream was created, by the database's clock, in UTC.</summary>
    public DateTime CreatedAt { get; init; }

    /// <summary>
    /// The time at which the stream was last appended or linked to, deleted, undeleted or truncated, by the database's clock, in UTC.
    /// </summary>
    public DateTime LastActivityAt { get; init; }

    /// <summary>The time at which the stream was deleted, in UTC; <see langword="null"/> if it is not deleted.</summary>
    public DateTime? DeletedAt { get; init; }
}
