namespace EventStore.EF.Sqlite;

/// <summary>See <see cref="SubscriptionAdministrationStatements"/> for parameters and guarantees.</summary>
internal static class SqliteSubscriptionAdministration
{
    private const string Those = "name = @name AND stream = @stream";

    private const string Theirs = $"subscription_id IN (SELECT id FROM \"{{schema}}_subscriptions\" WHERE {Those})";

    public static SubscriptionAdministrationStatements Statements(SchemaName schema) => new()
    {
        Covered = schema.In($$"""
            SELECT definition, handles, CASE WHEN owner IS NOT NULL AND lease_expires_at > {{SqliteTime.Now}} THEN covers END
            FROM "{schema}_subscriptions"
            WHERE {{Those}}
            """),
        Lock = schema.In($$"""SELECT id, epoch FROM "{schema}_subscriptions" WHERE {{Those}}"""),
        LimitWait = null,
        Pause = schema.In($$"""UPDATE "{schema}_subscriptions" SET is_paused = @is_paused WHERE {{Those}}"""),
        Rewind = schema.In($$"""
            UPDATE "{schema}_subscriptions"
            SET position = @position, stream_id = (SELECT id FROM "{schema}_streams" WHERE name = @stream), epoch = epoch + 1,
                owner = NULL, lease_expires_at = NULL, requested_by = NULL, last_error = NULL, last_error_at = NULL,
                is_suspected = 0, suspect_place = NULL, process_ends = NULL, finished_before = NULL
            WHERE {{Those}}
            """),
        Delete = schema.In($$"""DELETE FROM "{schema}_subscriptions" WHERE {{Those}}"""),
        Touch = schema.In($$"""UPDATE "{schema}_subscriptions" SET replays = replays + 1 WHERE {{Those}}"""),
        Replay = schema.In($$"""
            UPDATE "{schema}_parked_events" SET is_replay_requested = 1
            WHERE {{Theirs}} AND (@key IS NULL OR key = @key)
            """),
        Discard = schema.In($$"""
            DELETE FROM "{schema}_parked_events"
            WHERE {{Theirs}} AND (@key IS NULL OR key = @key) AND (@event_id IS NULL OR event_id = @event_id)
            """),
        ListParked = schema.In($$"""
            SELECT {{EventRows.Columns}}, p.place, p.key, p.error, p.attempts, p.parked_at, p.event_id, p.position, p.is_replay_requested, p.id
            FROM "{schema}_parked_events" AS p
            LEFT JOIN "{schema}_events" AS e ON e.position = p.position AND e.event_id = p.event_id
            LEFT JOIN "{schema}_streams" AS s ON s.id = e.stream_id
            WHERE p.{{Theirs}} AND (p.place, p.id) > (@place, @id)
            ORDER BY p.place, p.id
            LIMIT @count
            """),
        LagInAll = schema.In($$"""
            SELECT
                (SELECT ifnull(max(position), 0) FROM "{schema}_events"),
                (SELECT count(*) FROM (SELECT 1 FROM "{schema}_events" WHERE position > @position LIMIT @count)),
                (SELECT created_at FROM "{schema}_events" WHERE position > @position ORDER BY position LIMIT 1),
                {{SqliteTime.Now}}
            """),
        LagInStream = schema.In($$"""
            WITH t AS (
                SELECT id, version, CASE WHEN ifnull(@stream_id, id) = id THEN @position ELSE 0 END AS place
                FROM "{schema}_streams"
                WHERE name = @stream),
            first AS (
                SELECT * FROM (
                    SELECT e.version AS number, e.created_at
                    FROM t
                    JOIN "{schema}_events" AS e ON e.stream_id = t.id AND e.version > t.place
                    ORDER BY e.version
                    LIMIT 1)
                UNION ALL
                SELECT * FROM (
                    SELECT l.number, e.created_at
                    FROM t
                    JOIN "{schema}_stream_links" AS l ON l.stream_id = t.id AND l.number > t.place
                    JOIN "{schema}_events" AS e ON e.position = l.position
                    ORDER BY l.number
                    LIMIT 1))
            SELECT
                ifnull((SELECT version FROM t), 0),
                ifnull((SELECT min(max(version - place, 0), @count) FROM t), 0),
                (SELECT created_at FROM first ORDER BY number LIMIT 1),
                {{SqliteTime.Now}}
            """),
        Progress = schema.In("""
            SELECT s."partition", CASE WHEN s.stream_id <> t.id THEN 0 ELSE s.position END, p.key, p.error, p.is_replay_requested, s.epoch, s.definition
            FROM "{schema}_subscriptions" AS s
            LEFT JOIN "{schema}_streams" AS t ON t.name = s.stream
            LEFT JOIN "{schema}_parked_events" AS p ON p.subscription_id = s.id AND p.place = @position
            WHERE s.name = @name AND s.stream = @stream
            """),
    };
}
