namespace EventStore.EF.Benchmarks;

/// <summary>
/// What somebody would write by hand for the same guarantees: one statement per append, independent of the store's functions. It
/// names only the columns that it writes.
/// </summary>
internal sealed class FloorStatements(string schema)
{
    /// <summary>
    /// One event. $1 stream text · $2 expected bigint, -1 for any · $3 id uuid · $4 type text · $5 schema version int · $6 data json ·
    /// $7 metadata json · $8 correlation id uuid · $9 causation id uuid. Returns version and position; no row when the stream is not
    /// as expected, or somebody else created it meanwhile.
    /// </summary>
    public string Append { get; } = $"""
        {Reserve(schema, "1")}
        INSERT INTO {schema}.events (stream_id, version, event_id, type, schema_version, data, metadata, correlation_id, causation_id)
        SELECT stream.id, stream.version, $3, $4, $5, $6, $7, $8, $9
        FROM stream
        RETURNING version, position
        """;

    /// <summary>Many events. Parameters as in <see cref="Append"/>, from $3 on arrays. Returns version, first and last position, nulls for no row.</summary>
    public string AppendMany { get; } = $"""
        {Reserve(schema, "cardinality($3)")},
        appended AS (
            INSERT INTO {schema}.events (stream_id, version, event_id, type, schema_version, data, metadata, correlation_id, causation_id)
            SELECT stream.id, stream.version - cardinality($3) + e.number, e.id, e.type, e.schema_version, e.data, e.metadata, e.correlation_id, e.causation_id
            FROM stream, unnest($3, $4, $5, $6, $7, $8, $9) WITH ORDINALITY
                AS e (id, type, schema_version, data, metadata, correlation_id, causation_id, number)
            ORDER BY e.number
            RETURNING version, position)
        SELECT max(version), min(position), max(position)
        FROM appended
        """;

    /// <summary>
    /// Takes the lock that a reader of all events needs to see, then raises the stream's version or creates the stream. The lock is
    /// materialized and joined by both, so that it is taken before anything else, whichever of them finds something to do.
    /// </summary>
    private static string Reserve(string schema, string count) => $"""
        WITH lock AS MATERIALIZED (
            SELECT pg_advisory_xact_lock_shared('{schema}.events'::regclass::oid::int, 1)),
        raised AS (
            UPDATE {schema}.streams s
            SET version = s.version + {count}
            FROM lock
            WHERE s.tenant = '' AND s.name = $1 AND s.deleted_at IS NULL AND ($2 < 0 OR s.version = $2)
            RETURNING s.id, s.version),
        created AS (
            INSERT INTO {schema}.streams (name, version)
            SELECT $1, {count}
            FROM lock
            WHERE $2 IN (-1, 0) AND NOT EXISTS (SELECT FROM raised)
            ON CONFLICT (tenant, name) DO NOTHING
            RETURNING id, version),
        stream AS (
            SELECT id, version FROM raised
            UNION ALL
            SELECT id, version FROM created)
        """;
}
