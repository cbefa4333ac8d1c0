namespace EventStore.EF.Storage.Sql;

/// <summary>
/// The SQL that any process uses to administer a subscription. A subscription is identified by name and stream. A place is a position or,
/// for a subscription to one stream, a number in that stream.
/// </summary>
internal sealed class SubscriptionAdministrationStatements(SqlDialect sql)
{
    /// <summary>
    /// The definition and its coverage. Parameters: name, stream. Returns for each partition: the definition's number, what it handles (or
    /// null), and what its owner's class handles, null if there is no owner.
    /// </summary>
    public string Covered { get; } = sql.Text("""
        SELECT definition, handles, CASE WHEN owner IS NOT NULL AND lease_expires_at > {now} THEN covers END
        FROM {subscriptions}
        WHERE {those}
        """);

    /// <summary>
    /// Locks the rows of all partitions until the transaction ends, in the order of their ids. It must be the first statement to touch them
    /// in a transaction that changes several: two such transactions then never wait for each other. Parameters: name, stream. Returns id
    /// and epoch of each.
    /// </summary>
    public string Lock { get; } = sql.Text("""
        SELECT id, epoch
        FROM {subscriptions}
        WHERE {those}
        ORDER BY id
        {for_update}
        """);

    /// <summary>
    /// Limits the transaction's waits for locks to one second, so that the rows it has already locked are not withheld from their
    /// heartbeat. <see langword="null"/> if the whole database has one lock.
    /// </summary>
    public string? LimitWait { get; init; }

    /// <summary>Pauses or resumes a subscription. Parameters: name, stream, is_paused. Changes the rows of its partitions.</summary>
    public string Pause { get; } = sql.Text("UPDATE {subscriptions} SET is_paused = @is_paused WHERE {those}");

    /// <summary>
    /// Sets the checkpoint, in the stream that has the name now, and takes every partition from its owner; nothing after it counts as
    /// finished before. Parameters: name, stream, position. Changes the rows of its partitions.
    /// </summary>
    public string Rewind { get; } = sql.Text("""
        UPDATE {subscriptions}
        SET position = @position, stream_id = (SELECT id FROM {streams} WHERE tenant = '' AND name = @stream), epoch = epoch + 1,
            owner = NULL, lease_expires_at = NULL, requested_by = NULL, last_error = NULL, last_error_at = NULL,
            is_suspected = false, suspect_place = NULL, process_ends = NULL, finished_before = NULL
        WHERE {those}
        """);

    /// <summary>Removes a subscription with its parked events. Parameters: name, stream.</summary>
    public string Delete { get; } = sql.Text("DELETE FROM {subscriptions} WHERE {those}");

    /// <summary>
    /// Notifies the owners of a request concerning parked events, and locks the rows, so that no event is parked until the transaction
    /// ends. Parameters: name, stream. Changes the rows of its partitions.
    /// </summary>
    public string Touch { get; } = sql.Text("UPDATE {subscriptions} SET replays = replays + 1 WHERE {those}");

    /// <summary>
    /// The last key that has parked events, by its text. Parameters: name, stream. Returns one value; null if there are none.
    /// </summary>
    public string LastParkedKey { get; } = sql.Text("SELECT max(key) FROM {parked_events} WHERE {theirs}");

    /// <summary>
    /// The last of the keys to which the first parked events belong whose replay is not requested. Parameters: name, stream, after (a key,
    /// or null) and last (a key): the range begins behind the first and ends no later than the second; count (of events). Returns one
    /// value; null if there are none.
    /// </summary>
    public string ParkedKeys { get; } = sql.Text("""
        SELECT max(key)
        FROM (
            SELECT key
            FROM {parked_events}
            WHERE {theirs} AND is_replay_requested = false AND (@after::text IS NULL OR key > @after::text) AND key <= @last
            ORDER BY key
            LIMIT @count) AS first
        """);

    /// <summary>
    /// Requests a replay of all parked events of a range of keys. Parameters: name, stream, after (the range begins behind this key; null
    /// for the first) and through (its last key). Changes their rows; those whose replay was requested before are not changed and not
    /// counted.
    /// </summary>
    /// <remarks>
    /// All events of a key in one statement: owners replay what is requested in order of place, and the events of a key whose replay fails
    /// are no longer requested.
    /// </remarks>
    public string Replay { get; } = sql.Text("""
        UPDATE {parked_events} SET is_replay_requested = true
        WHERE {theirs} AND is_replay_requested = false AND (@after::text IS NULL OR key > @after::text) AND key <= @through
        """);

    /// <summary>
    /// Requests a replay of all parked events of one key. Parameters: name, stream, key. Changes their rows, as <see cref="Replay"/> does.
    /// </summary>
    public string ReplayKey { get; } = sql.Text("""
        UPDATE {parked_events} SET is_replay_requested = true
        WHERE {theirs} AND is_replay_requested = false AND key = @key
        """);

    /// <summary>Removes parked events. Parameters: name, stream, key (null for all), event_id (null for all). Changes their rows.</summary>
    public string Discard { get; } = sql.Text("""
        DELETE FROM {parked_events}
        WHERE {theirs} AND (@key::text IS NULL OR key = @key::text) AND (@event_id::uuid IS NULL OR event_id = @event_id::uuid)
        """);

    /// <summary>
    /// A page of parked events, in order of place. Parameters: name, stream, place and id (of the last row of the previous page), count.
    /// Returns <see cref="EventRows.Columns"/>, NULL if the event is gone; then place, key, error, attempts, parked_at, event_id, position,
    /// is_replay_requested and id.
    /// </summary>
    public required string ListParked { get; init; }

    /// <summary>
    /// How far a position among all events is behind. Parameters: position, count (the maximum to count). Returns the highest position, the
    /// number of events after the given one, the creation time of the first of these (or null), and the database's clock.
    /// </summary>
    public string LagInAll { get; } = sql.Text("""
        SELECT
            {highest},
            (SELECT count(*) FROM (SELECT 1 FROM {events} WHERE position > @position LIMIT @count) AS behind),
            (SELECT created_at FROM {events} WHERE position > @position ORDER BY position LIMIT 1),
            {now}
        """);

    /// <summary>
    /// The same for a number in a stream; one that was counted in an earlier stream of the same name counts as 0. Parameters: stream,
    /// stream_id (or null), position, count.
    /// </summary>
    public required string LagInStream { get; init; }

    /// <summary>
    /// The progress of the partitions, and whether an event is parked. Parameters: name, stream, position (of that event). Returns for each
    /// partition: its number and checkpoint; then, if the event is parked there, its key, its error, and whether a replay is requested,
    /// otherwise nulls; then the partition's epoch and the number of its definition.
    /// </summary>
    public string Progress { get; } = sql.Text("""
        SELECT s."partition", CASE WHEN s.stream_id <> t.id THEN 0 ELSE s.position END, p.key, p.error, p.is_replay_requested, s.epoch,
            s.definition
        FROM {subscriptions} AS s
        LEFT JOIN {streams} AS t ON t.tenant = '' AND t.name = s.stream
        LEFT JOIN {parked_events} AS p ON p.subscription_id = s.id AND p.place = @position
        WHERE s.name = @name AND s.stream = @stream
        """);
}
