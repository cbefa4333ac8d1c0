namespace EventStore.EF.Sqlite;

/// <summary>See <see cref="SnapshotStatements"/> for parameters and guarantees.</summary>
internal static class SqliteSnapshots
{
    public static SnapshotStatements Statements(SchemaName schema) => new()
    {
        Record = schema.In("""
            INSERT INTO "{schema}_snapshots" AS s (source, type, version, content_type, data, data_binary, metadata)
            VALUES (@source, @type, @version, @content_type, CAST(@data AS TEXT), @data_binary, CAST(@metadata AS TEXT))
            ON CONFLICT (source, type) DO UPDATE
            SET version = excluded.version, content_type = excluded.content_type, data = excluded.data, data_binary = excluded.data_binary,
                metadata = excluded.metadata, created_at = excluded.created_at
            WHERE s.version <= excluded.version
            """),
        Read = schema.In("""
            SELECT version, content_type, data, data_binary, metadata, created_at FROM "{schema}_snapshots" WHERE source = @source AND type = @type
            """),
        Delete = schema.In("""DELETE FROM "{schema}_snapshots" WHERE source = @source AND type = @type"""),
    };
}
