namespace EventStore.EF.Storage.Sql;

/// <summary>
/// The SQL by which an operator sees the store. Each statement reads a limited number of rows, however large the store is. A place is a
/// position or, for a subscription to one stream, a number in that stream.
/// </summary>
internal sealed class OperationsStatements(SqlDialect sql)
{
    /// <summary>The database's clock. Needs no table.</summary>
    public string Clock { get; } = sql.Text("SELECT {now}");

    /// <summary>The migrations that the schema has. Returns the id of each.</summary>
    public string Migrations { get; } = sql.Text("SELECT \"MigrationId\" FROM {history}");

    /// <summary>What the store was made for. Returns store_id, epoch, created_at, engine, position_allocator and created_by.</summary>
    public string Store { get; } = sql.Text(
        "SELECT store_id, epoch, created_at, engine, position_allocator, created_by FROM {store_info}");

    /// <summary>
    /// The partitions of all subscriptions, by name, stream and number. Parameters: count (of rows), parked (of events to count for each).
    /// Returns name, stream, partition, place, epoch, owner, lease_expires_at, is_paused, is_covered, handles, last_error, last_error_at,
    /// created_at, is_suspected, whether the lease has not expired, the number of parked events, when the first of them in order of place
    /// was parked, and its error; then for a subscription to a stream the stream's version, whether the place is one of this stream and not
    /// of an earlier one of its name, and the creation time of the first event after the place; otherwise nulls.
    /// </summary>
    public string Subscriptions { get; } = sql.Text("""
        SELECT s.name, s.stream, s."partition", s.position, s.epoch, s.owner, s.lease_expires_at, s.is_paused, s.is_covered, s.handles,
            s.last_error, s.last_error_at, s.created_at, s.is_suspected, coalesce(s.lease_expires_at > {now}, false),
            (SELECT count(*) FROM (SELECT 1 FROM {parked_events} WHERE subscription_id = s.id LIMIT @parked) AS parked),
            (SELECT parked_at FROM {parked_events} WHERE subscription_id = s.id ORDER BY place LIMIT 1),
            (SELECT error FROM {parked_events} WHERE subscription_id = s.id ORDER BY place LIMIT 1),
            s.version, s.is_of_stream,
            (SELECT first.created_at
            FROM (
                SELECT * FROM (
                    SELECT e.version AS number, e.created_at
                    FROM {events} AS e
                    WHERE e.stream_id = s.of_stream AND e.version > s.place
                    ORDER BY e.version
                    LIMIT 1) AS own
                UNION ALL
                SELECT * FROM (
                    SELECT l.number, e.created_at
                    FROM {stream_links} AS l
                    JOIN {events} AS e ON e.position = l.position
                    WHERE l.stream_id = s.of_stream AND l.number > s.place
                    ORDER BY l.number
                    LIMIT 1) AS linked) AS first
            ORDER BY first.number
            LIMIT 1)
        FROM (
            SELECT r.*, t.id AS of_stream, t.version AS version, coalesce(r.stream_id, t.id) = t.id AS is_of_stream,
                CASE WHEN r.stream_id <> t.id THEN 0 ELSE r.position END AS place
            FROM (SELECT * FROM {subscriptions} ORDER BY name, stream, "partition" LIMIT @count) AS r
            LEFT JOIN {streams} AS t ON t.tenant = '' AND t.name = r.stream) AS s
        ORDER BY s.name, s.stream, s."partition"
        """);

    /// <summary>
    /// The end of the store. Run it after the checkpoints are read: they are not beyond it then. Returns the highest position that is
    /// believed, the highest in the table, and the last that was assigned; null where there is none.
    /// </summary>
    public string Head { get; } = sql.Text("SELECT {highest}, (SELECT max(position) FROM {events}), {assigned}");

    /// <summary>
    /// The events between positions. Parameters: intervals (a JSON array of objects with low and high), count (the maximum to count in each
    /// interval). Returns for each interval, ascending: low, the number of events after low up to high, and the creation time of the first
    /// event after low, or null.
    /// </summary>
    public string Intervals { get; } = sql.Text("""
        SELECT i.low,
            (SELECT count(*)
            FROM (SELECT 1 FROM {events} WHERE position > i.low AND position <= i.high ORDER BY position LIMIT @count) AS behind),
            (SELECT created_at FROM {events} WHERE position > i.low ORDER BY position LIMIT 1)
        FROM ({intervals}) AS i
        ORDER BY i.low
        """);
}
