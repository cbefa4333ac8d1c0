namespace EventStore.EF;

/// <summary>The SQL by which anybody steers a subscription, in one database's words. A subscription is given by name and stream.</summary>
internal sealed record SubscriptionAdministrationStatements
{
    /// <summary>
    /// Parameters: name, stream. Returns of each partition the definition's number, what it handles (or null), and what the class of its owner handles,
    /// null where there is no owner.
    /// </summary>
    public required string Covered { get; init; }

    /// <summary>
    /// Locks the rows of all partitions until the transaction ends, in the order of their ids. To be the first to touch them in a transaction that
    /// changes several: two of these never wait for each other then. Parameters: name, stream. Returns id and epoch of each.
    /// </summary>
    public required string Lock { get; init; }

    /// <summary>
    /// Lets the transaction wait a second for a lock at most, so that rows which it has locked already aren't kept from their heartbeat.
    /// <see langword="null"/> where the whole database has one lock.
    /// </summary>
    public required string? LimitWait { get; init; }

    /// <summary>Parameters: name, stream, is_paused. Changes the rows of its partitions.</summary>
    public required string Pause { get; init; }

    /// <summary>
    /// Sets the checkpoint, in the stream of that name as it is now, and takes every partition from its owner; nothing behind it was
    /// finished before. Parameters: name, stream, position. Changes the rows of its partitions.
    /// </summary>
    public required string Rewind { get; init; }

    /// <summary>Removes it with all that is parked. Parameters: name, stream.</summary>
    public required string Delete { get; init; }

    /// <summary>
    /// Tells the owners that something is asked for among the parked events, and locks the rows, so that none is parked until the transaction
    /// ends. Parameters: name, stream. Changes the rows of its partitions.
    /// </summary>
    public required string Touch { get; init; }

    /// <summary>Asks for parked events to be handled again. Parameters: name, stream, key (null for all). Changes their rows.</summary>
    public required string Replay { get; init; }

    /// <summary>Removes parked events. Parameters: name, stream, key (null for all), event_id (null for all). Changes their rows.</summary>
    public required string Discard { get; init; }

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
    public required string LagInAll { get; init; }

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
    public required string Progress { get; init; }
}
