namespace EventStore.EF.PostgreSQL;

/// <summary>See <see cref="SubscriptionAdministrationStatements"/> for parameters and guarantees.</summary>
internal static class PostgreSqlSubscriptionAdministration
{
    private const string Those = "name = @name AND stream = @stream";

    private const string Theirs = $"subscription_id IN (SELECT id FROM {{schema}}.subscriptions WHERE {Those})";

    public static SubscriptionAdministrationStatements Statements(SchemaName schema) => new()
    {
        Covered = schema.In($$"""
            SELECT definition, handles, CASE WHEN owner IS NOT NULL AND lease_expires_at > clock_timestamp() THEN covers END
            FROM {schema}.subscriptions
            WHERE {{Those}}
            """),
        Lock = schema.In($$"""SELECT id, epoch FROM {schema}.subscriptions WHERE {{Those}} ORDER BY id FOR UPDATE"""),
        LimitWait = "SELECT set_config('lock_timeout', '1000', true)",
        Pause = schema.In($$"""UPDATE {schema}.subscriptions SET is_paused = @is_paused WHERE {{Those}}"""),
        Rewind = schema.In($$"""
            UPDATE {schema}.subscriptions
            SET position = @position, stream_id = (SELECT id FROM {schema}.streams WHERE name = @stream), epoch = epoch + 1,
                owner = NULL, lease_expires_at = NULL, requested_by = NULL, last_error = NULL, last_error_at = NULL,
                is_suspected = false, suspect_place = NULL, process_ends = NULL, finished_before = NULL
            WHERE {{Those}}
            """),
        Delete = schema.In($$"""DELETE FROM {schema}.subscriptions WHERE {{Those}}"""),
        Touch = schema.In($$"""UPDATE {schema}.subscriptions SET replays = replays + 1 WHERE {{Those}}"""),
        Replay = schema.In($$"""
            UPDATE {schema}.parked_events SET is_replay_requested = true
            WHERE {{Theirs}} AND (@key::text IS NULL OR key = @key::text)
            """),
        Discard = schema.In($$"""
            DELETE FROM {schema}.parked_events
            WHERE {{Theirs}} AND (@key::text IS NULL OR key = @key::text) AND (@event_id::uuid IS NULL OR event_id = @event_id::uuid)
            """),
        ListParked = schema.In($$"""
            SELECT {{EventRows.Columns}}, p.place, p.key, p.error, p.attempts, p.parked_at, p.event_id, p.position, p.is_replay_requested, p.id
            FROM (
                SELECT p.*
                FROM {schema}.subscriptions b, LATERAL (
                    SELECT *
                    FROM {schema}.parked_events
                    WHERE subscription_id = b.id AND place >= @place AND (place, id) > (@place, @id)
                    ORDER BY place
                    LIMIT @count) p
                WHERE b.name = @name AND b.stream = @stream
                ORDER BY p.place, p.id
                LIMIT @count) p
            LEFT JOIN LATERAL (SELECT * FROM {schema}.events WHERE position = p.position AND event_id = p.event_id LIMIT 1) e ON true
            LEFT JOIN LATERAL (SELECT * FROM {schema}.streams WHERE id = e.stream_id LIMIT 1) s ON true
            ORDER BY p.place, p.id
            """),
        LagInAll = schema.In("""
            SELECT
                (SELECT coalesce(max(position), 0) FROM {schema}.events),
                (SELECT count(*) FROM (SELECT FROM {schema}.events WHERE position > @position LIMIT @count) e),
                (SELECT created_at FROM {schema}.events WHERE position > @position ORDER BY position LIMIT 1),
                clock_timestamp()
            """),
        LagInStream = schema.In("""
            SELECT coalesce(t.version, 0), coalesce(least(greatest(t.version - t.place, 0), @count), 0), first.created_at, clock_timestamp()
            FROM (SELECT) one
            LEFT JOIN (
                SELECT id, version, CASE WHEN coalesce(@stream_id::bigint, id) = id THEN @position ELSE 0 END AS place
                FROM {schema}.streams
                WHERE name = @stream) t ON true
            LEFT JOIN LATERAL (
                (SELECT e.version AS number, e.created_at
                FROM {schema}.events e
                WHERE e.stream_id = t.id AND e.version > t.place
                ORDER BY e.version
                LIMIT 1)
                UNION ALL
                (SELECT l.number, e.created_at
                FROM {schema}.stream_links l
                JOIN {schema}.events e ON e.position = l.position
                WHERE l.stream_id = t.id AND l.number > t.place
                ORDER BY l.number
                LIMIT 1)
                ORDER BY number
                LIMIT 1) first ON true
            """),
        Progress = schema.In("""
            SELECT s.partition, CASE WHEN s.stream_id <> t.id THEN 0 ELSE s.position END, p.key, p.error, p.is_replay_requested, s.epoch, s.definition
            FROM {schema}.subscriptions s
            LEFT JOIN {schema}.streams t ON t.name = s.stream
            LEFT JOIN {schema}.parked_events p ON p.subscription_id = s.id AND p.place = @position
            WHERE s.name = @name AND s.stream = @stream
            """),
    };
}
