namespace EventStore.EF.PostgreSQL;

/// <summary>See <see cref="ShapeStatements"/> for parameters and guarantees.</summary>
internal static class PostgreSqlShapes
{
    private const string Those = "name = @name AND stream = @stream";

    private const string IsAbandoned = "(owner IS NOT NULL AND lease_expires_at <= clock_timestamp())";

    public static ShapeStatements Statements(SchemaName schema) => new()
    {
        Shape = schema.In("SELECT name, partitions FROM {schema}.subscriptions WHERE id = @id"),
        Relatives = schema.In("""
            SELECT name, stream, min(partitions), min(position), coalesce(bool_or(lease_expires_at > clock_timestamp()), false)
            FROM {schema}.subscriptions
            WHERE name = @name OR (stream = @stream AND handler = @handler)
            GROUP BY name, stream
            ORDER BY name, stream
            """),
        Partitions = schema.In($$"""
            SELECT id, partition, position, stream_id, epoch, is_suspected, suspect_place, process_ends,
                coalesce({{IsAbandoned}}, false), finished_before,
                (SELECT s.id FROM {schema}.streams s WHERE s.name = @stream) AS current_stream
            FROM {schema}.subscriptions
            WHERE {{Those}}
            ORDER BY id
            FOR UPDATE OF subscriptions
            """),
        Reshape = schema.In($$"""
            UPDATE {schema}.subscriptions
            SET partitions = @partitions, position = @position, stream_id = @stream_id::bigint, epoch = @epoch, definition = definition + 1,
                owner = NULL, lease_expires_at = NULL, requested_by = NULL, covers = NULL, is_covered = true,
                is_suspected = @is_suspected, suspect_place = NULL, process_ends = @ends::text, finished_before = @finished_before::text,
                last_error = CASE WHEN partition = 0 THEN (
                    SELECT e.last_error FROM {schema}.subscriptions e
                    WHERE e.name = @name AND e.stream = @stream AND e.last_error_at IS NOT NULL
                    ORDER BY e.last_error_at DESC LIMIT 1) END,
                last_error_at = CASE WHEN partition = 0 THEN (
                    SELECT max(e.last_error_at) FROM {schema}.subscriptions e WHERE e.name = @name AND e.stream = @stream) END
            WHERE {{Those}}
            """),
        AddPartitions = schema.In($$"""
            INSERT INTO {schema}.subscriptions (name, stream, partition, partitions, position, stream_id, is_paused, replays, epoch,
                definition, handles, defined_after, is_suspected, process_ends, handler, finished_before, created_at)
            SELECT name, stream, added, partitions, position, stream_id, is_paused, replays, epoch,
                definition, handles, defined_after, is_suspected, process_ends, handler, finished_before, created_at
            FROM {schema}.subscriptions, generate_series(@count, @partitions - 1) added
            WHERE {{Those}} AND partition = 0
            """),
        RemovePartitions = schema.In($$"""DELETE FROM {schema}.subscriptions WHERE {{Those}} AND partition >= @partitions"""),
        RemoveParkedTwice = schema.In($$"""
            DELETE FROM {schema}.parked_events
            WHERE id IN (
                SELECT id
                FROM (
                    SELECT id, row_number() OVER (PARTITION BY place ORDER BY id DESC) AS number
                    FROM {schema}.parked_events
                    WHERE subscription_id IN (SELECT id FROM {schema}.subscriptions WHERE {{Those}})) parked
                WHERE number > 1)
            """),
        ParkedKeys = schema.In("""
            WITH RECURSIVE keys (key) AS (
                SELECT min(key) FROM {schema}.parked_events WHERE subscription_id = @id AND key >= @from
                UNION ALL
                SELECT (SELECT min(p.key) FROM {schema}.parked_events p WHERE p.subscription_id = @id AND p.key > keys.key)
                FROM keys
                WHERE keys.key IS NOT NULL)
            SELECT key FROM keys WHERE key IS NOT NULL LIMIT @count
            """),
        MoveParked = schema.In("""
            UPDATE {schema}.parked_events
            SET subscription_id = @target
            WHERE subscription_id = @id AND key = ANY(ARRAY(SELECT json_array_elements_text(@keys::json)))
            """),
        Rename = schema.In($$"""
            UPDATE {schema}.subscriptions
            SET name = @new_name, epoch = epoch + 1, owner = NULL, lease_expires_at = NULL, requested_by = NULL,
                is_suspected = is_suspected OR coalesce({{IsAbandoned}}, false),
                suspect_place = CASE WHEN {{IsAbandoned}} THEN suspect_place END
            WHERE {{Those}}
            """),
    };
}
