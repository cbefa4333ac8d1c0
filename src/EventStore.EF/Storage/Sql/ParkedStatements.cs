namespace EventStore.EF.Storage.Sql;

/// <summary>
/// The SQL for parked events. Statements that write run after <see cref="SubscriptionStatements.Hold"/> in its transaction, and are
/// therefore fenced and serialized. A place is a position or, for a subscription to one stream, a number in that stream.
/// </summary>
internal sealed class ParkedStatements(SqlDialect sql)
{
    /// <summary>The partition keys that have parked events. Parameters: id (of the subscription's row).</summary>
    public string Keys { get; } = sql.Text("SELECT DISTINCT key FROM {parked_events} WHERE subscription_id = @id");

    /// <summary>
    /// Parks an event that failed, unless it is already parked. It is also marked for replay if its key is being replayed. Parameters: id,
    /// key, place, event_id, position, error, attempts, is_replayed (whether the key is being replayed and its last row may already have
    /// been removed).
    /// </summary>
    public string Park { get; } = sql.Text("""
        INSERT INTO {parked_events} (subscription_id, key, place, event_id, position, error, attempts, is_replay_requested)
        VALUES (@id, @key, @place, @event_id, @position, @error::text, @attempts,
            @is_replayed OR EXISTS (SELECT 1 FROM {parked_events} WHERE subscription_id = @id AND key = @key AND is_replay_requested))
        ON CONFLICT (subscription_id, place) DO NOTHING
        """);

    /// <summary>
    /// Parks events behind those of their keys, except those that are already parked: in one statement, because the subscription's row is
    /// locked meanwhile. They are also marked for replay if their key is being replayed, or if the events that they were to wait behind
    /// have since been discarded. Parameters: id, rows (a JSON array of objects with key, place, event_id, position, and is_replayed as for
    /// <see cref="Park"/>).
    /// </summary>
    public string ParkBehind { get; } = sql.Text("""
        INSERT INTO {parked_events} (subscription_id, key, place, event_id, position, attempts, is_replay_requested)
        SELECT @id, w.key, w.place, w.event_id, w.position, 0,
            w.is_replayed OR EXISTS (SELECT 1 FROM {parked_events} WHERE subscription_id = @id AND key = w.key AND is_replay_requested)
            OR NOT EXISTS (SELECT 1 FROM {parked_events} WHERE subscription_id = @id AND key = w.key)
        FROM ({queued}) AS w
        WHERE true
        ORDER BY w.place
        ON CONFLICT (subscription_id, place) DO NOTHING
        """);

    /// <summary>
    /// The first events whose replay was requested, in order of place. Parameters: id, count. Returns id, place, key, event_id, position,
    /// error and attempts.
    /// </summary>
    public string NextReplays { get; } = sql.Text("""
        SELECT id, place, key, event_id, position, error, attempts
        FROM {parked_events}
        WHERE subscription_id = @id AND is_replay_requested = true
        ORDER BY place
        LIMIT @count
        """);

    /// <summary>Removes a parked event. Parameters: id (of the subscription's row), place.</summary>
    public string Remove { get; } = sql.Text("DELETE FROM {parked_events} WHERE subscription_id = @id AND place = @place");

    /// <summary>Removes parked events. Parameters: id (of the subscription's row), ids (the places, as a JSON array).</summary>
    public string RemoveAll { get; } = sql.Text("DELETE FROM {parked_events} WHERE subscription_id = @id AND place {in_ids}");

    /// <summary>Whether an event is parked. Parameters: id (of the subscription's row), place. Returns a row, or none.</summary>
    public string IsParked { get; } = sql.Text("SELECT 1 FROM {parked_events} WHERE subscription_id = @id AND place = @place");

    /// <summary>Which of these keys have parked events. Parameters: id, keys (a JSON array).</summary>
    public string KeysAmong { get; } = sql.Text("SELECT DISTINCT key FROM {parked_events} WHERE subscription_id = @id AND key {in_keys}");

    /// <summary>Stores why an event stays parked. Parameters: id, place, error, tries (the number of attempts to add).</summary>
    public string Fail { get; } = sql.Text(
        "UPDATE {parked_events} SET error = @error, attempts = attempts + @tries WHERE subscription_id = @id AND place = @place");

    /// <summary>Ends the replay of a key. Parameters: id, key.</summary>
    public string EndReplay { get; } = sql.Text("""
        UPDATE {parked_events} SET is_replay_requested = false
        WHERE subscription_id = @id AND key = @key AND is_replay_requested = true
        """);

    /// <summary>Removes all parked events of a subscription's row. Parameters: id.</summary>
    public string Clear { get; } = sql.Text("DELETE FROM {parked_events} WHERE subscription_id = @id");
}
