using System.Globalization;
using EventStore.EF.Sqlite.Connections;
using EventStore.EF.Sqlite.Schema;
using EventStore.EF.Storage;
using EventStore.EF.Storage.Sql;

namespace EventStore.EF.Sqlite.Storage;

/// <summary>
/// The store's statements in SQLite's dialect. Each is a transaction by itself, and has the write lock before it reads; so rows need no
/// locks, and no statement waits for one. Times come from the database's clock as text in one format, so comparing texts compares times.
/// </summary>
internal static class SqliteStatements
{
    private const string File = "SELECT file FROM pragma_database_list WHERE name = 'main'";

    public static StoreStatements Of(SqliteDatabase database, SchemaName schema)
    {
        var sql = new SqlDialect(schema, "\"{0}_{1}\"", hasTypes: false, new Dictionary<string, string>
        {
            ["now"] = SqliteTime.Now,
            ["highest"] = "(SELECT coalesce(max(position), 0) FROM {events})",
            ["history"] = $"\"{SqliteNames.MigrationsHistory(schema.Value)}\"",
            ["assigned"] = schema.In("(SELECT seq FROM sqlite_sequence WHERE name = '{schema}_events')"),
            ["greatest"] = "max",
            ["least"] = "min",
            ["lease_end"] = "strftime('%Y-%m-%d %H:%M:%f', 'now', '+' || @lease || ' seconds')",
            ["lease_left"] = "(julianday(lease_expires_at) - julianday('now')) * 86400.0",
            ["lease_mark"] = "lease_expires_at",
            ["from_short_wait"] = "",
            ["from_short_wait_unflushed"] = "",
            ["from_short_wait_in_transaction"] = "",
            ["for_update"] = "",

            // IStorage.RequireLife detects a replaced file.
            ["server"] = "NULL",
            ["is_same_server"] = "true",
            ["in_ids"] = "IN (SELECT value FROM json_each(@ids))",
            ["waiting"] = "SELECT json_extract(value, '$.name'), json_extract(value, '$.stream') FROM json_each(@waiting)",
            ["queued"] = """
                SELECT json_extract(value, '$.key') AS key, json_extract(value, '$.place') AS place,
                    json_extract(value, '$.event_id') AS event_id, json_extract(value, '$.position') AS position,
                    json_extract(value, '$.is_replayed') AS is_replayed
                FROM json_each(@rows)
                """,
            ["intervals"] = "SELECT json_extract(value, '$.low') AS low, json_extract(value, '$.high') AS high FROM json_each(@intervals)",
            ["in_keys"] = "IN (SELECT value FROM json_each(@keys))",
            ["data"] = "CAST(@data AS TEXT)",
            ["metadata"] = "CAST(@metadata AS TEXT)",
        });
        return new(
            Subscriptions(sql), Administration(sql), new(sql), Projections(database), new(sql), new(sql), new(sql), new(sql),
            PlanByIndex: null);
    }

    private static SubscriptionStatements Subscriptions(SqlDialect sql) => new(sql)
    {
        Heads = sql.Text("""
            SELECT name, id, version, deleted_at IS NOT NULL, NULL
            FROM {streams}
            WHERE tenant = '' AND name IN (SELECT value FROM json_each(@streams))
            UNION ALL
            SELECT NULL, 0, coalesce(max(position), 0), false, NULL FROM {events}
            """),
    };

    private static SubscriptionAdministrationStatements Administration(SqlDialect sql) => new(sql)
    {
        ListParked = sql.Text($$"""
            SELECT {{EventRows.Columns}},
                p.place, p.key, p.error, p.attempts, p.parked_at, p.event_id, p.position, p.is_replay_requested, p.id
            FROM {parked_events} AS p
            LEFT JOIN {events} AS e ON e.position = p.position AND e.event_id = p.event_id
            LEFT JOIN {streams} AS s ON s.id = e.stream_id
            WHERE p.{theirs} AND (p.place, p.id) > (@place, @id)
            ORDER BY p.place, p.id
            LIMIT @count
            """),
        LagInStream = sql.Text("""
            WITH t AS (
                SELECT id, version, CASE WHEN coalesce(@stream_id, id) = id THEN @position ELSE 0 END AS place
                FROM {streams}
                WHERE tenant = '' AND name = @stream),
            first AS (
                SELECT * FROM (
                    SELECT e.version AS number, e.created_at
                    FROM t
                    JOIN {events} AS e ON e.stream_id = t.id AND e.version > t.place
                    ORDER BY e.version
                    LIMIT 1)
                UNION ALL
                SELECT * FROM (
                    SELECT l.number, e.created_at
                    FROM t
                    JOIN {stream_links} AS l ON l.stream_id = t.id AND l.number > t.place
                    JOIN {events} AS e ON e.position = l.position
                    ORDER BY l.number
                    LIMIT 1))
            SELECT
                coalesce((SELECT version FROM t), 0),
                coalesce((SELECT min(max(version - place, 0), @count) FROM t), 0),
                (SELECT created_at FROM first ORDER BY number LIMIT 1),
                {now}
            """),
    };

    private static ProjectionStatements Projections(SqliteDatabase database) => new()
    {
        // Otherwise Microsoft.Data.Sqlite tries to write only every 150 ms, and the projection falls behind.
        Prepare = string.Create(CultureInfo.InvariantCulture, $"PRAGMA busy_timeout = {database.BusyTimeout.TotalMilliseconds:F0}"),
        Limit = null,
        Written = "SELECT total_changes()",
        Pause = TimeSpan.FromMilliseconds(2),
        HasTable = """
            SELECT @schema IS @schema AND EXISTS (
                SELECT 1 FROM sqlite_master WHERE type IN ('table', 'view') AND name = @table COLLATE NOCASE)
            """,
        Mark = File,
        IsMarked = $"SELECT ({File}) = @mark",
    };
}
