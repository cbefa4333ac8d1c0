namespace EventStore.EF;

/// <summary>The SQL by which streams are deleted and brought back.</summary>
internal sealed class StreamStatements(SqlDialect sql)
{
    /// <summary>
    /// Marks a stream as deleted, if it isn't yet and is as expected, in this one statement. Parameters: name, expected (the version, or
    /// null for any). Changes one row, or none.
    /// </summary>
    public string Delete { get; } = sql.Text("""
        UPDATE {streams}
        SET deleted_at = {now}, last_activity_at = {now}
        WHERE name = @name AND deleted_at IS NULL AND (@expected::bigint IS NULL OR version = @expected::bigint)
        """);

    /// <summary>Takes a deletion back. Parameters: name. Changes one row, or none when the stream is missing or not deleted.</summary>
    public string Undelete { get; } = sql.Text("""
        UPDATE {streams}
        SET deleted_at = NULL, last_activity_at = {now}
        WHERE name = @name AND deleted_at IS NOT NULL
        """);
}
