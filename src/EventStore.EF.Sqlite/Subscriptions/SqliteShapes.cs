namespace EventStore.EF.Sqlite;

/// <summary>See <see cref="ShapeStatements"/> for parameters and guarantees. The transaction has the write lock before it looks.</summary>
internal static class SqliteShapes
{
    private const string Those = "name = @name AND stream = @stream";

    private const string IsAbandoned = $"(owner IS NOT NULL AND ifnull(lease_expires_at <= {SqliteTime.Now}, 0))";

    public static ShapeStatements Statements(SchemaName schema) => new()
    {
        Shape = schema.In("""SELECT name, partitions FROM "{schema}_subscriptions" WHERE id = @id"""),
        Relatives = schema.In($$"""
            SELECT name, stream, min(partitions), min(position), max(ifnull(lease_expires_at > {{SqliteTime.Now}}, 0))
            FROM "{schema}_subscriptions"
            WHERE name = @name OR (stream = @stream AND handler = @handler)
            GROUP BY name, stream
            ORDER BY name, stream
            """),
        Partitions = schema.In($$"""
            SELECT id, "partition", position, stream_id, epoch, is_suspected, suspect_place, process_ends, {{IsAbandoned}}, finished_before,
                (SELECT s.id FROM "{schema}_streams" AS s WHERE s.name = @stream)
            FROM "{schema}_subscriptions"
            WHERE {{Those}}
            ORDER BY id
            """),
        Reshape = schema.In($$"""
            UPDATE "{schema}_subscriptions"
            SET partitions = @partitions, position = @position, stream_id = @stream_id, epoch = @epoch, definition = definition + 1,
                owner = NULL, lease_expires_at = NULL, requested_by = NULL, covers = NULL, is_covered = 1,
                is_suspected = @is_suspected, suspect_place = NULL, process_ends = @ends, finished_before = @finished_before,
                last_error = CASE WHEN "partition" = 0 THEN latest.error END, last_error_at = CASE WHEN "partition" = 0 THEN latest.at END
            FROM (
                SELECT max(last_error_at) AS at, last_error AS error
                FROM "{schema}_subscriptions"
                WHERE {{Those}}) AS latest
            WHERE {{Those}}
            """),
        AddPartitions = schema.In($$"""
            WITH RECURSIVE added (number) AS (
                SELECT @count WHERE @count < @partitions
                UNION ALL
                SELECT number + 1 FROM added WHERE number + 1 < @partitions)
            INSERT INTO "{schema}_subscriptions" (name, stream, "partition", partitions, position, stream_id, is_paused, replays, epoch,
                definition, handles, defined_after, is_suspected, process_ends, handler, finished_before, created_at)
            SELECT name, stream, added.number, partitions, position, stream_id, is_paused, replays, epoch,
                definition, handles, defined_after, is_suspected, process_ends, handler, finished_before, created_at
            FROM "{schema}_subscriptions", added
            WHERE {{Those}} AND "partition" = 0
            """),
        RemovePartitions = schema.In($$"""DELETE FROM "{schema}_subscriptions" WHERE {{Those}} AND "partition" >= @partitions"""),
        RemoveParkedTwice = schema.In($$"""
            DELETE FROM "{schema}_parked_events"
            WHERE id IN (
                SELECT id
                FROM (
                    SELECT id, row_number() OVER (PARTITION BY place ORDER BY id DESC) AS number
                    FROM "{schema}_parked_events"
                    WHERE subscription_id IN (SELECT id FROM "{schema}_subscriptions" WHERE {{Those}})) AS parked
                WHERE number > 1)
            """),
        ParkedKeys = schema.In("""
            WITH RECURSIVE keys (key) AS (
                SELECT min(key) FROM "{schema}_parked_events" WHERE subscription_id = @id AND key >= @from
                UNION ALL
                SELECT (SELECT min(p.key) FROM "{schema}_parked_events" AS p WHERE p.subscription_id = @id AND p.key > keys.key)
                FROM keys
                WHERE keys.key IS NOT NULL)
            SELECT key FROM keys WHERE key IS NOT NULL LIMIT @count
            """),
        MoveParked = schema.In("""
            UPDATE "{schema}_parked_events"
            SET subscription_id = @target
            WHERE subscription_id = @id AND key IN (SELECT value FROM json_each(@keys))
            """),
        Rename = schema.In($$"""
            UPDATE "{schema}_subscriptions"
            SET name = @new_name, epoch = epoch + 1, owner = NULL, lease_expires_at = NULL, requested_by = NULL,
                is_suspected = is_suspected OR {{IsAbandoned}}, suspect_place = CASE WHEN {{IsAbandoned}} THEN suspect_place END
            WHERE {{Those}}
            """),
    };
}
