using EventStore.EF.PostgreSQL.Append;
using EventStore.EF.PostgreSQL.Order;
using EventStore.EF.PostgreSQL.Read;
using EventStore.EF.Storage;
using EventStore.EF.Storage.Sql;

namespace EventStore.EF.PostgreSQL.Storage;

/// <summary>
/// The store's statements in PostgreSQL's dialect. A statement written out here differs in more than words: it locks rows in a fixed order,
/// or skips locked rows, or is written so that the planner finds the index.
/// </summary>
internal static class PostgreSqlStatements
{
    public static StoreStatements Of(SchemaName schema)
    {
        var sql = new SqlDialect(schema, "{0}.{1}", hasTypes: true, new Dictionary<string, string>
        {
            ["now"] = "clock_timestamp()",

            // Only positions that the sequence has assigned are believed.
            ["highest"] = schema.In("""
                (SELECT coalesce(max(position), 0) FROM {events}
                WHERE position <= pg_sequence_last_value('{schema}.events_position_seq'::regclass))
                """),
            ["history"] = schema.In($"{{schema}}.\"{PostgreSqlStorageProvider.MigrationsHistoryTable}\""),
            ["assigned"] = schema.In("pg_sequence_last_value('{schema}.events_position_seq'::regclass)"),
            ["greatest"] = "greatest",
            ["least"] = "least",
            ["lease_end"] = "clock_timestamp() + make_interval(secs => @lease)",
            ["lease_left"] = "extract(epoch FROM lease_expires_at - clock_timestamp())::float8",

            // Exact, and the same for every session's settings.
            ["lease_mark"] = "extract(epoch FROM lease_expires_at)::text",

            // Waits this long for another transaction's lock on a row, then fails: a waiting statement holds a pool connection that other
            // subscriptions need. Local to the statement's transaction.
            ["short_wait"] = "(SELECT set_config('lock_timeout', '1000', true)) AS short_wait",
            ["from_short_wait"] = "FROM {short_wait}",

            // Doesn't wait for a flush: if a crash of the server loses it, events are delivered again, and the owner's other writes are
            // flushed.
            ["from_short_wait_unflushed"] = "FROM (SELECT set_config('synchronous_commit', 'off', true)) AS unflushed, {short_wait}",

            // The transaction's next statement may never come: a stopped process would keep the row from the next owner.
            ["short_pause"] =
                "(SELECT set_config('idle_in_transaction_session_timeout', {lease_pause}, true)) AS short_pause",
            ["lease_pause"] = "(@lease::float8 * 1000::float8)::bigint::text",
            ["from_short_wait_in_transaction"] = "FROM {short_wait}, {short_pause}",
            ["for_update"] = "FOR UPDATE",
            ["server"] = $"({schema.In(SettlementStatements.Identity)})",

            // Not written unless the one that is known to have the received events answers; null if none is known.
            ["is_same_server"] = $"coalesce(@server::text = ({schema.In(SettlementStatements.Identity)}), true)",
            ["in_ids"] = "= ANY(translate(@ids, '[]', '{}')::bigint[])",
            ["waiting"] =
                """SELECT w.name COLLATE "C", w.stream COLLATE "C" FROM json_to_recordset(@waiting::json) w (name text, stream text)""",
            ["queued"] = """
                SELECT r.key COLLATE "C" AS key, r.place, r.event_id, r.position, r.is_replayed
                    FROM json_to_recordset(@rows::json) r (key text, place bigint, event_id uuid, position bigint, is_replayed boolean)
                """,
            ["intervals"] = "SELECT * FROM json_to_recordset(@intervals::json) w (low bigint, high bigint)",
            ["in_keys"] = "= ANY(ARRAY(SELECT json_array_elements_text(@keys::json)))",
            ["data"] = "pg_catalog.convert_from(@data::bytea, 'UTF8')::json",
            ["metadata"] = "pg_catalog.convert_from(@metadata::bytea, 'UTF8')::json",
        });
        return new(
            Subscriptions(sql), Administration(sql), new(sql), Projections, new(sql), new(sql), new(sql), new(sql),
            PageStatements.PlanByIndex);
    }

    private static SubscriptionStatements Subscriptions(SqlDialect sql) => new(sql)
    {
        Heads = sql.Text("""
            SELECT name, id, version, deleted_at IS NOT NULL, NULL::text
            FROM {streams}
            WHERE tenant = '' AND name IN (SELECT value COLLATE "C" FROM json_array_elements_text(@streams::json))
            UNION ALL
            SELECT NULL, 0, coalesce(max(position), 0), false, {server} FROM {events}
            """),

        // The process that creates the first partition creates the others.
        Create = sql.Text("""
            WITH first AS (
                INSERT INTO {subscriptions} (name, stream, partition, partitions, position, stream_id, definition, handles, handler)
                VALUES (@name, @stream, 0, @partitions, @position, @stream_id::bigint,
                    CASE WHEN @handles::text IS NULL THEN 0 ELSE 1 END, @handles::text, @handler::text)
                ON CONFLICT (name, stream, partition) DO NOTHING
                RETURNING name, stream, partitions, position, stream_id, definition, handles, handler)
            INSERT INTO {subscriptions} (name, stream, partition, partitions, position, stream_id, definition, handles, handler)
            SELECT name, stream, p, partitions, position, stream_id, definition, handles, handler
            FROM first, generate_series(1, partitions - 1) p
            """),

        // Locks in one order, so that it waits for others that change all partitions, and they never wait for it in turn.
        Define = sql.Text("""
            WITH partitions AS (SELECT id FROM {subscriptions} WHERE {those} ORDER BY id FOR UPDATE)
            UPDATE {subscriptions}
            {set_definition}
            WHERE id IN (SELECT id FROM partitions) AND definition = @definition
            """),

        // Skips rows locked by others: waiting for one would let all the other leases expire.
        Renew = sql.Text("""
            UPDATE {subscriptions}
            SET lease_expires_at = {lease_end}
            WHERE id = ANY(ARRAY(SELECT id FROM {subscriptions} WHERE id {in_ids} AND owner = @owner FOR NO KEY UPDATE SKIP LOCKED))
            RETURNING {row}
            """),
        Position = sql.Text("""
            SELECT position
            FROM {subscriptions}, {short_wait}
            WHERE {fenced_by_definition}
            FOR UPDATE OF subscriptions
            """),
        Request = sql.Text("""
            UPDATE {subscriptions}
            SET requested_by = @owner
            WHERE id = (
                SELECT id FROM {subscriptions}
                WHERE {fenced} AND owner <> @owner AND requested_by IS NULL
                FOR NO KEY UPDATE SKIP LOCKED)
            """),
    };

    private static SubscriptionAdministrationStatements Administration(SqlDialect sql) => new(sql)
    {
        LimitWait = $"SELECT set_config('lock_timeout', '1000', true), {AppendStatements.LimitPauses}",

        // Reads each partition's page by its index, merges them and takes the first rows, then looks up their events one by one.
        ListParked = sql.Text($$"""
            SELECT {{EventRows.Columns}},
                p.place, p.key, p.error, p.attempts, p.parked_at, p.event_id, p.position, p.is_replay_requested, p.id
            FROM (
                SELECT p.*
                FROM {subscriptions} b, LATERAL (
                    SELECT *
                    FROM {parked_events}
                    WHERE subscription_id = b.id AND place >= @place AND (place, id) > (@place, @id)
                    ORDER BY place
                    LIMIT @count) p
                WHERE b.name = @name AND b.stream = @stream
                ORDER BY p.place, p.id
                LIMIT @count) p
            LEFT JOIN LATERAL (SELECT * FROM {events} WHERE position = p.position AND event_id = p.event_id LIMIT 1) e ON true
            LEFT JOIN LATERAL (SELECT * FROM {streams} WHERE id = e.stream_id LIMIT 1) s ON true
            ORDER BY p.place, p.id
            """),
        LagInStream = sql.Text("""
            SELECT coalesce(t.version, 0), coalesce(least(greatest(t.version - t.place, 0), @count), 0), first.created_at, clock_timestamp()
            FROM (SELECT) one
            LEFT JOIN (
                SELECT id, version, CASE WHEN coalesce(@stream_id::bigint, id) = id THEN @position ELSE 0 END AS place
                FROM {streams}
                WHERE tenant = '' AND name = @stream) t ON true
            LEFT JOIN LATERAL (
                (SELECT e.version AS number, e.created_at
                FROM {events} e
                WHERE e.stream_id = t.id AND e.version > t.place
                ORDER BY e.version
                LIMIT 1)
                UNION ALL
                (SELECT l.number, e.created_at
                FROM {stream_links} l
                JOIN {events} e ON e.position = l.position
                WHERE l.stream_id = t.id AND l.number > t.place
                ORDER BY l.number
                LIMIT 1)
                ORDER BY number
                LIMIT 1) first ON true
            """),
    };

    /// <remarks>
    /// Identifiers don't distinguish a database from a physical copy of it, and need privileges. A lock that one connection holds and the
    /// other can't get does, even behind PgBouncer.
    /// </remarks>
    private static ProjectionStatements Projections { get; } = new()
    {
        Prepare = null,
        Limit = "SELECT set_config('idle_in_transaction_session_timeout', @milliseconds::bigint::text, true)",
        Written = "SELECT pg_current_xact_id_if_assigned()::text",
        Pause = TimeSpan.Zero,
        HasTable = """
            SELECT EXISTS (
                SELECT FROM pg_class c
                WHERE c.relname = @table::name AND c.relkind IN ('r', 'p', 'v', 'm', 'f')
                  AND CASE
                      WHEN @schema::text IS NULL THEN pg_table_is_visible(c.oid)
                      ELSE c.relnamespace = (SELECT oid FROM pg_namespace WHERE nspname = @schema::text) END)
            """,
        Mark = "SELECT pg_try_advisory_xact_lock(@key)::text",
        IsMarked = "SELECT @mark = 'true' AND NOT pg_try_advisory_xact_lock(@key)",
    };
}
