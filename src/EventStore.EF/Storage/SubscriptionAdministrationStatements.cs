namespace EventStore.EF;

/// <summary>The SQL by which anybody steers a subscription. A subscription is given by name and stream.</summary>
internal sealed class SubscriptionAdministrationStatements(SqlDialect sql)
{
    /// <summary>
    /// Parameters: name, stream. Returns of each partition the definition's number, what it handles (or null), and what the class of its owner handles,
    /// null where there is no owner.
    /// </summary>
    public string Covered { get; } = sql.Text("""
        SELECT definition, handles, CASE WHEN owner IS NOT NULL AND lease_expires_at > {now} THEN covers END
        FROM {subscriptions}
        WHERE {those}
        """);

    /// <summary>
    /// Locks the rows of all partitions until the transaction ends, in the order of their ids. To be the first to touch them in a transaction that
    /// changes several: two of these never wait for each other then. Parameters: name, stream. Returns id and epoch of each.
    /// </summary>
    public string Lock { get; } = sql.Text("""
        SELECT id, epoch
        FROM {subscriptions}
        WHERE {those}
        ORDER BY id
        {for_update}
        """);

    /// <summary>
    /// Lets the transaction wait a second for a lock at most, so that rows which it has locked already aren't kept from their heartbeat.
    /// <see langword="null"/> where the whole database has one lock.
    /// </summary>
    public string? LimitWait { get; init; }

    /// <summary>Parameters: name, stream, is_paused. Changes the rows of its partitions.</summary>
    public string Pause { get; } = sql.Text("UPDATE {subscriptions} SET is_paused = @is_paused WHERE {those}");

    /// <summary>
    /// Sets the checkpoint, in the stream of that name as it is now, and takes every partition from its owner; nothing behind it was
    /// finished before. Parameters: name, stream, position. Changes the rows of its partitions.
    /// </summary>
    public string Rewind { get; } = sql.Text("""
        UPDATE {subscriptions}
        SET position = @position, stream_id = (SELECT id FROM {streams} WHERE name = @stream), epoch = epoch + 1,
            owner = NULL, lease_expires_at = NULL, requested_by = NULL, last_error = NULL, last_error_at = NULL,
            is_suspected = false, suspect_place = NULL, process_ends = NULL, finished_before = NULL
        WHERE {those}
        """);

    /// <summary>Removes it with all that is parked. Parameters: name, stream.</summary>
    public string Delete { get; } = sql.Text("DELETE FROM {subscriptions} WHERE {those}");

    /// <summary>
    /// Tells the owners that something is asked for among the parked events, and locks the rows, so that none is parked until the transaction
    /// ends. Parameters: name, stream. Changes the rows of its partitions.
    /// </summary>
    public string Touch { get; } = sql.Text("UPDATE {subscriptions} SET replays = replays + 1 WHERE {those}");

    /// <summary>Asks for parked events to be handled again. Parameters: name, stream, key (null for all). Changes their rows.</summary>
    public string Replay { get; } = sql.Text("""
        UPDATE {parked_events} SET is_replay_requested = true
        WHERE {theirs} AND (@key::text IS NULL OR key = @key::text)
        """);

    /// <summary>Removes parked events. Parameters: name, stream, key (null for all), event_id (null for all). Changes their rows.</summary>
    public string Discard { get; } = sql.Text("""
        DELETE FROM {parked_events}
        WHERE {theirs} AND (@key::text IS NULL OR key = @key::text) AND (@event_id::uuid IS NULL OR event_id = @event_id::uuid)
        """);

    /// <summary>
    /// A page of parked events, by place. Parameters: name, stream, place and id (of the last of the page before), count. Returns
    /// <see cref="EventRows.Columns"/>, NULL when the event is gone; then place, key, error, attempts, parked_at, event_id, position,
    /// is_replay_requested and id.
    /// </summary>
    public required string ListParked { get; init; }

    /// <summary>
    /// How far behind a place among all events is. Parameters: position, count (the most that are counted). Returns the highest position, the
    /// number of events behind the place, when the first of these was created (or null), and the database's clock.
    /// </summary>
    public string LagInAll { get; } = sql.Text("""
        SELECT
            (SELECT coalesce(max(position), 0) FROM {events}),
            (SELECT count(*) FROM (SELECT 1 FROM {events} WHERE position > @position LIMIT @count) AS behind),
            (SELECT created_at FROM {events} WHERE position > @position ORDER BY position LIMIT 1),
            {now}
        """);

    /// <summary>
    /// The same in a stream, where a place counted in another stream of that name is before its beginning. Parameters: stream, stream_id (or
    /// null), position, count.
    /// </summary>
    public required string LagInStream { get; init; }

    /// <summary>
    /// How far the partitions are, and whether an event is parked. Parameters: name, stream, position (of that event). Returns of each
    /// partition its number and place; then of the event, if it is parked there, key, error, and whether it is to be replayed, or null; then
    /// the partition's epoch and the number of its definition.
    /// </summary>
    public string Progress { get; } = sql.Text("""
        SELECT s."partition", CASE WHEN s.stream_id <> t.id THEN 0 ELSE s.position END, p.key, p.error, p.is_replay_requested, s.epoch, s.definition
        FROM {subscriptions} AS s
        LEFT JOIN {streams} AS t ON t.name = s.stream
        LEFT JOIN {parked_events} AS p ON p.subscription_id = s.id AND p.place = @position
        WHERE s.name = @name AND s.stream = @stream
        """);
}
