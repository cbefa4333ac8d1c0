namespace EventStore.EF.Storage.Sql;

/// <summary>The SQL for snapshots.</summary>
internal sealed class SnapshotStatements(SqlDialect sql)
{
    /// <summary>
    /// Stores a snapshot unless a newer one exists. Parameters: source, type, version, content_type (null for JSON), data (UTF-8 bytes or
    /// null), data_binary (bytes or null), metadata (UTF-8 bytes or null). Changes one row, or none if a newer one exists.
    /// </summary>
    public string Record { get; } = sql.Text("""
        INSERT INTO {snapshots} AS s (source, type, version, content_type, data, data_binary, metadata)
        VALUES (@source, @type, @version, @content_type::text, {data}, @data_binary::bytea, {metadata})
        ON CONFLICT (source, type) DO UPDATE
        SET version = excluded.version, content_type = excluded.content_type, data = excluded.data, data_binary = excluded.data_binary,
            metadata = excluded.metadata, created_at = excluded.created_at
        WHERE s.version <= excluded.version
        """);

    /// <summary>
    /// Reads a snapshot. Parameters: source, type. Returns version, content_type, data, data_binary, metadata and created_at, or no row.
    /// </summary>
    public string Read { get; } = sql.Text("""
        SELECT version, content_type, data, data_binary, metadata, created_at
        FROM {snapshots}
        WHERE source = @source AND type = @type
        """);

    /// <summary>Deletes a snapshot. Parameters: source, type.</summary>
    public string Delete { get; } = sql.Text("DELETE FROM {snapshots} WHERE source = @source AND type = @type");
}
