namespace EventStore.EF.Sqlite;

/// <summary>
/// The statements of an append. They run between BEGIN IMMEDIATE and COMMIT, so nothing changes between them: a stream that the
/// UPDATE did not find as expected can't appear before the INSERT.
/// </summary>
internal sealed class AppendStatements(SchemaName schema)
{
    /// <summary>
    /// Parameters: stream TEXT, count INTEGER, expected INTEGER or NULL for any. Raises an undeleted stream's version if it is the
    /// expected one; returns its id and new version, or no row.
    /// </summary>
    private const string RaiseSql =
        """
        UPDATE "{schema}_streams" SET version = version + @count
        WHERE name = @stream AND deleted_at IS NULL AND (@expected IS NULL OR version = @expected)
        RETURNING id, version
        """;

    /// <summary>Parameters: stream TEXT, count INTEGER. Creates a missing stream; returns its id and version, or no row when it exists.</summary>
    private const string CreateSql =
        """
        INSERT INTO "{schema}_streams" (name, version)
        SELECT @stream, @count WHERE NOT EXISTS (SELECT 1 FROM "{schema}_streams" WHERE name = @stream)
        RETURNING id, version
        """;

    /// <summary>
    /// Parameters: stream_id, version INTEGER, event_id TEXT, type TEXT, schema_version INTEGER, data and metadata BLOB of UTF-8,
    /// correlation_id, causation_id TEXT or NULL. The cast takes the bytes for text as they are; a string in between would cost two
    /// conversions. The position is the row's id, the time the database's.
    /// </summary>
    private const string InsertSql =
        """
        INSERT INTO "{schema}_events" (stream_id, version, event_id, type, schema_version, data, metadata, correlation_id, causation_id)
        VALUES (@stream_id, @version, @event_id, @type, @schema_version, CAST(@data AS TEXT), CAST(@metadata AS TEXT), @correlation_id, @causation_id)
        """;

    /// <summary>Parameters: event_id TEXT. Returns a row when the id stands in the store.</summary>
    private const string StandsSql = """SELECT 1 FROM "{schema}_events" WHERE event_id = @event_id""";

    public string Raise { get; } = schema.In(RaiseSql);

    public string Create { get; } = schema.In(CreateSql);

    public string Insert { get; } = schema.In(InsertSql);

    public string Stands { get; } = schema.In(StandsSql);
}
