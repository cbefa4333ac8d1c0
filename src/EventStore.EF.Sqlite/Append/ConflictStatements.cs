namespace EventStore.EF.Sqlite.Append;

/// <summary>The statements that find out why a write was refused.</summary>
internal sealed class ConflictStatements(SchemaName schema)
{
    /// <summary>
    /// Parameters: stream TEXT. Returns the stream's version, whether it is deleted, and the highest number of its events and links; or no
    /// row.
    /// </summary>
    public string Stream { get; } = schema.In("""
        SELECT s.version, s.deleted_at IS NOT NULL, max(
            ifnull((SELECT max(version) FROM "{schema}_events" WHERE stream_id = s.id), 0),
            ifnull((SELECT max(number) FROM "{schema}_stream_links" WHERE stream_id = s.id), 0))
        FROM "{schema}_streams" AS s
        WHERE s.tenant = '' AND s.name = @stream
        """);

    /// <summary>Parameters: ids TEXT, a JSON array. Returns id, stream, version and position of those that exist.</summary>
    public string Events { get; } = schema.In("""
        SELECT e.event_id, s.name, e.version, e.position
        FROM json_each(@ids) AS i
        CROSS JOIN "{schema}_events" AS e ON e.event_id = i.value
        CROSS JOIN "{schema}_streams" AS s ON s.id = e.stream_id
        """);

    /// <summary>
    /// Parameters: ids TEXT, a JSON array, stream TEXT. Returns for each id, in order: the id; its position, or NULL if it is unknown; its
    /// number in the stream, or NULL if it isn't there; and whether it is linked there.
    /// </summary>
    public string Links { get; } = schema.In("""
        SELECT i.value, e.position, coalesce(l.number, CASE WHEN e.stream_id = s.id THEN e.version END), l.number IS NOT NULL
        FROM json_each(@ids) AS i
        LEFT JOIN "{schema}_events" AS e ON e.event_id = i.value
        LEFT JOIN "{schema}_streams" AS s ON s.tenant = '' AND s.name = @stream
        LEFT JOIN "{schema}_stream_links" AS l ON l.position = e.position AND l.stream_id = s.id
        ORDER BY i.key
        """);
}
