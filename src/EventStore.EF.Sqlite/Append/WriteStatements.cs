using EventStore.EF.Sqlite.Schema;

namespace EventStore.EF.Sqlite.Append;

/// <summary>
/// The statements that write. They run in a transaction that has the write lock, so nothing changes between them: a stream that the UPDATE
/// did not find as expected can't appear before the INSERT.
/// </summary>
internal sealed class WriteStatements(SchemaName schema)
{
    /// <summary>The last position that was assigned.</summary>
    private const string LastAssigned = """ifnull((SELECT seq FROM sqlite_sequence WHERE name = '{schema}_events'), 0)""";

    /// <summary>
    /// Takes the file's write lock, and does nothing else. Fails with BUSY_SNAPSHOT if the transaction sees an earlier state.
    /// </summary>
    public string Lock { get; } = schema.In("""DELETE FROM "{schema}_event_tags" WHERE 0""");

    /// <summary>Parameters: stream TEXT. Returns the stream's version and whether it is deleted, or no row.</summary>
    public string Look { get; } = schema.In("""
        SELECT version, deleted_at IS NOT NULL FROM "{schema}_streams" WHERE tenant = '' AND name = @stream
        """);

    /// <summary>
    /// Parameters: stream TEXT, count INTEGER, expected INTEGER or NULL for any, links INTEGER (1 when adding links, else 0). Raises an
    /// undeleted stream's version if it is the expected one; returns its id, its new version and the time, or no row. The events are
    /// inserted next, so their positions are known: nobody else writes.
    /// </summary>
    public string Raise { get; } = schema.In($$"""
        UPDATE "{schema}_streams" SET version = version + @count, last_activity_at = {{SqliteTime.Now}}, has_links = has_links OR @links,
            first_position = iif(@links OR first_position > 0, first_position, {{LastAssigned}} + 1),
            last_position = iif(@links, last_position, {{LastAssigned}} + @count)
        WHERE tenant = '' AND name = @stream AND deleted_at IS NULL AND (@expected IS NULL OR version = @expected)
        RETURNING id, version, last_activity_at
        """);

    /// <summary>
    /// Parameters: stream TEXT, count INTEGER, created_at TEXT or NULL for the database's clock, links INTEGER. Creates a missing stream;
    /// returns its id, its version and the time, or no row if it exists.
    /// </summary>
    public string Create { get; } = schema.In($$"""
        INSERT INTO "{schema}_streams" (name, version, created_at, last_activity_at, has_links, first_position, last_position)
        SELECT @stream, @count, ifnull(@created_at, {{SqliteTime.Now}}), {{SqliteTime.Now}}, @links,
            iif(@links, 0, {{LastAssigned}} + 1), iif(@links, 0, {{LastAssigned}} + @count)
        WHERE NOT EXISTS (SELECT 1 FROM "{schema}_streams" WHERE tenant = '' AND name = @stream)
        RETURNING id, version, last_activity_at
        """);

    /// <summary>
    /// Parameters: stream_id, version INTEGER, created_at TEXT, event_id TEXT, type TEXT, schema_version INTEGER, content_type TEXT or
    /// NULL, data BLOB of UTF-8 or NULL, data_binary BLOB or NULL, metadata BLOB of UTF-8 or NULL, correlation_id, causation_id TEXT or
    /// NULL. The cast takes the bytes as text without changing them; a string in between would cost two conversions. The position is the
    /// row's id.
    /// </summary>
    public string Insert { get; } = schema.In("""
        INSERT INTO "{schema}_events" (
            stream_id, version, created_at, event_id, type, schema_version, content_type, data, data_binary, metadata,
            correlation_id, causation_id)
        VALUES (
            @stream_id, @version, @created_at, @event_id, @type, @schema_version, @content_type, CAST(@data AS TEXT), @data_binary,
            CAST(@metadata AS TEXT), @correlation_id, @causation_id)
        """);

    /// <summary>
    /// Parameters: stream_id, number INTEGER, event_id TEXT. Links an event; returns its position, or no row if the id is unknown, or the
    /// event is already in the stream as its own or as a link, or the number is taken by an event of the stream's own.
    /// </summary>
    public string Link { get; } = schema.In("""
        INSERT INTO "{schema}_stream_links" (stream_id, number, position)
        SELECT @stream_id, @number, e.position
        FROM "{schema}_events" AS e
        WHERE e.event_id = @event_id AND e.stream_id <> @stream_id
          AND NOT EXISTS (SELECT 1 FROM "{schema}_stream_links" AS l WHERE l.position = e.position AND l.stream_id = @stream_id)
          AND NOT EXISTS (SELECT 1 FROM "{schema}_events" AS o WHERE o.stream_id = @stream_id AND o.version >= @number)
        RETURNING position
        """);

    /// <summary>
    /// Parameters: event_id TEXT or NULL, stream_id, number INTEGER. Returns a row if the id exists, or the number is taken in the stream.
    /// </summary>
    public string Stands { get; } = schema.In("""
        SELECT 1
        WHERE EXISTS (SELECT 1 FROM "{schema}_events" WHERE event_id = @event_id)
           OR EXISTS (SELECT 1 FROM "{schema}_events" WHERE stream_id = @stream_id AND version = @number)
           OR EXISTS (SELECT 1 FROM "{schema}_stream_links" WHERE stream_id = @stream_id AND number = @number)
        """);
}
