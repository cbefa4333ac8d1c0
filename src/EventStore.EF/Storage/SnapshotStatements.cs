namespace EventStore.EF;

/// <summary>The SQL by which snapshots are kept, in one database's words.</summary>
internal sealed record SnapshotStatements
{
    /// <summary>
    /// Keeps a snapshot unless a newer one stands. Parameters: source, type, version, content_type (null for JSON), data (UTF-8 bytes or
    /// null), data_binary (bytes or null), metadata (UTF-8 bytes or null). Changes one row, or none when a newer one stands.
    /// </summary>
    public required string Record { get; init; }

    /// <summary>Parameters: source, type. Returns version, content_type, data, data_binary, metadata and created_at, or no row.</summary>
    public required string Read { get; init; }

    /// <summary>Parameters: source, type.</summary>
    public required string Delete { get; init; }
}
