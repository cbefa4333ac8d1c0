namespace EventStore.EF.Storage.Sql;

/// <summary>The SQL that deletes and restores streams.</summary>
internal sealed class StreamStatements(SqlDialect sql)
{
    /// <summary>
    /// Marks a stream as deleted, if it is not deleted yet and has the expected version, in this one statement. Parameters: name, expected
    /// (the version, or null for any). Changes one row, or none.
    /// </summary>
    public string Delete { get; } = sql.Text("""
        UPDATE {streams}
        SET deleted_at = {now}, last_activity_at = {now}
        WHERE tenant = '' AND name = @name AND deleted_at IS NULL AND (@expected::bigint IS NULL OR version = @expected::bigint)
        """);

    /// <summary>Restores a deleted stream. Parameters: name. Changes one row, or none if the stream is missing or not deleted.</summary>
    public string Undelete { get; } = sql.Text("""
        UPDATE {streams}
        SET deleted_at = NULL, last_activity_at = {now}
        WHERE tenant = '' AND name = @name AND deleted_at IS NOT NULL
        """);
}
