namespace EventStore.EF;

/// <summary>
/// The SQL by which events are parked, in one database's words. Those that write run behind <see cref="SubscriptionStatements.Hold"/> in its
/// transaction, and so are fenced and one after the other.
/// </summary>
internal sealed record ParkedStatements
{
    /// <summary>The partition keys that have parked events. Parameters: id (of the subscription's row).</summary>
    public required string Keys { get; init; }

    /// <summary>
    /// Parks an event, unless it is parked. When its key is being replayed, so will it be; and also when it has no error and was to wait behind
    /// others, which have been discarded meanwhile. Parameters: id, key, place, event_id, position, error (or null), attempts, is_replayed
    /// (whether the last of the key's rows is out already, and that is not known yet).
    /// </summary>
    public required string Park { get; init; }

    /// <summary>
    /// The first event that somebody has asked to replay. Parameters: id. Returns its id, place, key, event_id, position, error and attempts,
    /// or no row.
    /// </summary>
    public required string NextReplay { get; init; }

    /// <summary>Takes an event out. Parameters: id (of the subscription's row), place.</summary>
    public required string Remove { get; init; }

    /// <summary>Whether an event is parked. Parameters: id (of the subscription's row), place. Returns a row, or none.</summary>
    public required string IsParked { get; init; }

    /// <summary>Whether a key has parked events. Parameters: id, key. Returns a row, or none.</summary>
    public required string HasKey { get; init; }

    /// <summary>Keeps why an event stays parked. Parameters: id, place, error, tries (how many more attempts to count).</summary>
    public required string Fail { get; init; }

    /// <summary>Ends the replay of a key. Parameters: id, key.</summary>
    public required string EndReplay { get; init; }

    /// <summary>Discards all of a subscription's row. Parameters: id.</summary>
    public required string Clear { get; init; }
}
