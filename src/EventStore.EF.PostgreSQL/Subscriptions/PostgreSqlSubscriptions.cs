namespace EventStore.EF.PostgreSQL;

/// <summary>See <see cref="SubscriptionStatements"/> for parameters and guarantees.</summary>
internal static class PostgreSqlSubscriptions
{
    private const string LeaseEnd = "clock_timestamp() + make_interval(secs => @lease)";

    private const string IsFree =
        "NOT is_paused AND (lease_expires_at IS NULL OR lease_expires_at <= clock_timestamp() OR owner = @owner OR (owner IS NULL AND requested_by = @owner))";

    /// <summary>Exact, and the same for every session's settings.</summary>
    private const string LeaseMark = "extract(epoch FROM lease_expires_at)::text";

    private const string RowColumns =
        $"{SubscriptionRow.Columns}, coalesce({IsFree}, false), extract(epoch FROM lease_expires_at - clock_timestamp())::float8, {LeaseMark}, lease_seconds";

    /// <summary>
    /// Somebody else's lock on a row is waited for this long, and then an error: a waiting statement holds a connection of the pool, which the
    /// other subscriptions need. Local to the statement's transaction.
    /// </summary>
    private const string ShortWait = "(SELECT set_config('lock_timeout', '1000', true)) short_wait";

    /// <summary>Not written to another server than the one that is known to have what was received; null where none is known.</summary>
    private const string IsSameServer = $"coalesce(@server::text = concat_ws('/', {SettlementStatements.Server}), true)";

    private const string Ids = "translate(@ids, '[]', '{}')::bigint[]";

    public static SubscriptionStatements Statements(SchemaName schema) => new()
    {
        StreamHead = schema.In("SELECT id, version FROM {schema}.streams WHERE name = @stream"),
        Heads = schema.In($$"""
            SELECT name, id, version, deleted_at IS NOT NULL, NULL::text
            FROM {schema}.streams
            WHERE name IN (SELECT value COLLATE "C" FROM json_array_elements_text(@streams::json))
            UNION ALL
            SELECT NULL, 0, coalesce(max(position), 0), false, ({{SettlementStatements.Identity}}) FROM {schema}.events
            """),

        // Whoever makes the first partition makes the others.
        Create = schema.In("""
            WITH first AS (
                INSERT INTO {schema}.subscriptions (name, stream, partition, partitions, position, stream_id, definition, handles, handler)
                VALUES (@name, @stream, 0, @partitions, @position, @stream_id::bigint,
                    CASE WHEN @handles::text IS NULL THEN 0 ELSE 1 END, @handles::text, @handler::text)
                ON CONFLICT (name, stream, partition) DO NOTHING
                RETURNING name, stream, partitions, position, stream_id, definition, handles, handler)
            INSERT INTO {schema}.subscriptions (name, stream, partition, partitions, position, stream_id, definition, handles, handler)
            SELECT name, stream, p, partitions, position, stream_id, definition, handles, handler
            FROM first, generate_series(1, partitions - 1) p
            """),
        Definition = schema.In("""
            SELECT partitions, definition, handles, id
            FROM {schema}.subscriptions
            WHERE name = @name AND stream = @stream AND partition = 0
            """),

        // In one order, so that it waits for others who change all partitions, and never they for it in turn.
        Define = schema.In("""
            WITH partitions AS (SELECT id FROM {schema}.subscriptions WHERE name = @name AND stream = @stream ORDER BY id FOR UPDATE)
            UPDATE {schema}.subscriptions
            SET definition = definition + 1, handles = @handles, is_covered = owner IS NOT NULL AND covers IS NULL,
                requested_by = CASE WHEN owner IS NOT NULL AND covers IS NULL THEN requested_by ELSE coalesce(@owner::text, requested_by) END,
                defined_after = CASE
                    WHEN stream = '$all' THEN (SELECT coalesce(max(position), 0) FROM {schema}.events)
                    ELSE coalesce((SELECT version FROM {schema}.streams WHERE name = @stream), 0) END
            WHERE id IN (SELECT id FROM partitions) AND definition = @definition
            """),
        Acquire = schema.In($$"""
            UPDATE {schema}.subscriptions
            SET owner = @owner, epoch = epoch + 1, requested_by = NULL, lease_expires_at = {{LeaseEnd}}, lease_seconds = @lease,
                covers = @covers::text, is_covered = @is_covered, handler = coalesce(@handler::text, handler),
                is_suspected = is_suspected OR (owner IS NOT NULL AND owner <> @owner)
            FROM {{ShortWait}}
            WHERE name = @name AND stream = @stream AND partition = @partition AND partitions = @partitions AND definition = @definition
              AND (({{IsFree}}) OR (NOT is_paused AND epoch = @still_epoch::bigint AND {{LeaseMark}} = @still_mark::text))
            RETURNING id, epoch, position, stream_id, replays, is_suspected, suspect_place, process_ends, finished_before, ({{SettlementStatements.Identity}})
            """),

        // A row that somebody has locked is left out: waiting for it would let all the others' leases run out.
        Renew = schema.In($$"""
            UPDATE {schema}.subscriptions
            SET lease_expires_at = {{LeaseEnd}}
            WHERE id = ANY(ARRAY(SELECT id FROM {schema}.subscriptions WHERE id = ANY({{Ids}}) AND owner = @owner FOR NO KEY UPDATE SKIP LOCKED))
            RETURNING {{RowColumns}}
            """),
        Look = schema.In($$"""
            SELECT {{RowColumns}}
            FROM {schema}.subscriptions
            WHERE id = ANY({{Ids}})
            UNION ALL
            SELECT {{RowColumns}}
            FROM {schema}.subscriptions
            WHERE (name, stream) IN (SELECT w.name COLLATE "C", w.stream COLLATE "C" FROM json_to_recordset(@waiting::json) w (name text, stream text))
              AND NOT id = ANY({{Ids}})
            """),
        Inspect = schema.In($$"""
            SELECT owner IS NOT NULL, epoch = @epoch, position, ({{SettlementStatements.Identity}}), {{IsSameServer}}
            FROM {schema}.subscriptions
            WHERE id = @id
            """),

        // Not flushed on its own: a crash of the server that loses it has events delivered again, and the owner's other writes are flushed.
        Checkpoint = schema.In($$"""
            UPDATE {schema}.subscriptions
            SET position = greatest(position, @position), last_error = NULL, last_error_at = NULL, lease_expires_at = {{LeaseEnd}}
            FROM (SELECT set_config('synchronous_commit', 'off', true)) unflushed, {{ShortWait}}
            WHERE id = @id AND epoch = @epoch AND definition = coalesce(@definition::bigint, definition) AND {{IsSameServer}}
            """),
        CheckpointBefore = schema.In($$"""
            UPDATE {schema}.subscriptions
            SET position = greatest(position, least(@position, defined_after))
            FROM {{ShortWait}}
            WHERE id = @id AND epoch = @epoch AND definition = @definition + 1 AND {{IsSameServer}}
            """),
        Project = schema.In($$"""
            UPDATE {schema}.subscriptions
            SET position = @position, last_error = NULL, last_error_at = NULL, lease_expires_at = {{LeaseEnd}}
            FROM {{ShortWait}}
            WHERE id = @id AND epoch = @epoch AND definition = coalesce(@definition::bigint, definition) AND position < @first
              AND {{IsSameServer}}
            """),
        Position = schema.In($$"""
            SELECT position
            FROM {schema}.subscriptions, {{ShortWait}}
            WHERE id = @id AND epoch = @epoch AND definition = coalesce(@definition::bigint, definition)
            FOR UPDATE OF subscriptions
            """),
        Hold = schema.In($$"""
            UPDATE {schema}.subscriptions
            SET position = greatest(position, @position::bigint), lease_expires_at = {{LeaseEnd}}
            FROM {{ShortWait}}
            WHERE id = @id AND epoch = @epoch AND definition = coalesce(@definition::bigint, definition) AND {{IsSameServer}}
            """),
        SetStream = schema.In($$"""
            UPDATE {schema}.subscriptions
            SET stream_id = @stream_id, position = coalesce(@position::bigint, position),
                finished_before = CASE WHEN @position::bigint IS NULL THEN finished_before END
            FROM {{ShortWait}}
            WHERE id = @id AND epoch = @epoch AND definition = coalesce(@definition::bigint, definition)
            """),
        Cover = schema.In($$"""UPDATE {schema}.subscriptions SET is_covered = @is_covered FROM {{ShortWait}} WHERE id = @id AND epoch = @epoch"""),
        Release = schema.In($$"""
            UPDATE {schema}.subscriptions
            SET owner = NULL, suspect_place = NULL, lease_expires_at = CASE WHEN requested_by IS NOT NULL THEN {{LeaseEnd}} END, lease_seconds = @lease
            WHERE id = @id AND epoch = @epoch
            """),
        Suspect = schema.In($$"""
            UPDATE {schema}.subscriptions
            SET is_suspected = @is_suspected, suspect_place = @alone::bigint, process_ends = @ends::text
            FROM {{ShortWait}}
            WHERE id = @id AND epoch = @epoch
            """),
        Fail = schema.In($$"""
            UPDATE {schema}.subscriptions
            SET last_error = @error, last_error_at = clock_timestamp()
            FROM {{ShortWait}}
            WHERE id = @id AND epoch = @epoch
            """),
        Request = schema.In("""
            UPDATE {schema}.subscriptions
            SET requested_by = @owner
            WHERE id = (
                SELECT id FROM {schema}.subscriptions
                WHERE id = @id AND epoch = @epoch AND owner <> @owner AND requested_by IS NULL
                FOR NO KEY UPDATE SKIP LOCKED)
            """),
    };
}
