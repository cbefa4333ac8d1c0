namespace EventStore.EF.PostgreSQL.Append;

/// <summary>The statements that find out why a write was refused.</summary>
internal sealed class ConflictStatements(SchemaName schema)
{
    /// <summary>$1 ids uuid[]. Returns id, stream, version and position of those that exist.</summary>
    public string Events { get; } = schema.In("""
        SELECT e.event_id, s.name, e.version, e.position
        FROM {schema}.events e
        JOIN {schema}.streams s ON s.id = e.stream_id
        WHERE e.event_id = ANY($1)
        """);

    /// <summary>
    /// $1 ids uuid[] · $2 target text. Returns for each id, in order: the id; its position, or null if it is unknown; its number in the
    /// target, or null if it isn't there; and whether it is linked there.
    /// </summary>
    public string Links { get; } = schema.In("""
        SELECT n.id, e.position, coalesce(l.number, CASE WHEN e.stream_id = s.id THEN e.version END), l.number IS NOT NULL
        FROM pg_catalog.unnest($1) WITH ORDINALITY AS n (id, place)
        LEFT JOIN {schema}.events e ON e.event_id = n.id
        LEFT JOIN {schema}.streams s ON s.tenant = '' AND s.name = $2
        LEFT JOIN {schema}.stream_links l ON l.stream_id = s.id AND l.position = e.position
        ORDER BY n.place
        """);

    /// <summary>
    /// $1 streams text[]. Returns name, version, whether it is deleted, and the highest number of its events and links, of those that
    /// exist.
    /// </summary>
    public string Streams { get; } = schema.In("""
        SELECT s.name, s.version, s.deleted_at IS NOT NULL, coalesce(greatest(
            (SELECT max(e.version) FROM {schema}.events e WHERE e.stream_id = s.id),
            (SELECT max(l.number) FROM {schema}.stream_links l WHERE l.stream_id = s.id)), 0)
        FROM {schema}.streams s
        WHERE s.tenant = '' AND s.name = ANY($1)
        """);
}
