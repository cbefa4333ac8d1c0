namespace EventStore.EF;

/// <summary>
/// The SQL by which subscriptions are owned, in one database's words. All times are the database's own. Parameters are named and
/// the same everywhere.
/// </summary>
internal sealed record SubscriptionStatements
{
    /// <summary>Makes the row when it is missing. Parameters: name, stream.</summary>
    public required string Create { get; init; }

    /// <summary>
    /// Takes the subscription when nobody holds it or the lease has run out, and raises its epoch. Parameters: name, stream, owner,
    /// lease (seconds). Returns id, epoch and position; no row when somebody else holds it.
    /// </summary>
    public required string Acquire { get; init; }

    /// <summary>
    /// Moves the checkpoint, never backwards, clears the last error and renews the lease. Parameters: id, epoch, position, lease
    /// (seconds). No row is changed when the epoch is no longer the current one.
    /// </summary>
    public required string Checkpoint { get; init; }

    /// <summary>Renews all leases of a process at once. Parameters: owner, lease (seconds). Returns the ids still held.</summary>
    public required string Renew { get; init; }

    /// <summary>Gives the subscription back, so that another process may take it at once. Parameters: id, epoch.</summary>
    public required string Release { get; init; }

    /// <summary>Keeps the handler's error in sight. Parameters: id, epoch, error.</summary>
    public required string Fail { get; init; }
}
