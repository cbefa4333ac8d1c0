namespace EventStore.EF.Sqlite;

/// <summary>See <see cref="StreamStatements"/> for parameters and guarantees. Each statement has the write lock before it looks.</summary>
internal static class SqliteStreams
{
    public static StreamStatements Statements(SchemaName schema) => new()
    {
        Delete = schema.In($$"""
            UPDATE "{schema}_streams" SET deleted_at = {{SqliteTime.Now}}, last_activity_at = {{SqliteTime.Now}}
            WHERE name = @name AND deleted_at IS NULL AND (@expected IS NULL OR version = @expected)
            """),
        Undelete = schema.In($$"""
            UPDATE "{schema}_streams" SET deleted_at = NULL, last_activity_at = {{SqliteTime.Now}}
            WHERE name = @name AND deleted_at IS NOT NULL
            """),
    };
}
