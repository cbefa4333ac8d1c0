namespace EventStore.EF;

/// <summary>
/// The SQL by which subscriptions are owned, in one database's words. All times are the database's own. Parameters are named and
/// the same everywhere; <c>lease</c> is in seconds. What is said to be fenced changes no row when the epoch is no longer the current one;
/// what is said to be fenced by the definition too (parameter definition), when that is given and isn't the current one either; what is said to
/// be fenced by the server (parameter server), when another one answers than <see cref="IStorage.ServerIn"/> says, if it says any. A row that
/// somebody has locked is waited for a second where that is possible, and then <see cref="StorageFailure.Locked"/>.
/// </summary>
internal sealed record SubscriptionStatements
{
    /// <summary>Parameters: stream. Returns id and version of the stream of that name, or no row.</summary>
    public required string StreamHead { get; init; }

    /// <summary>
    /// Whether there is anything new, at a glance. Parameters: streams (a JSON array of names). Returns name, id, version and whether it is deleted
    /// of each of these streams that is there, and one row without name whose version is the highest visible position, 0 in an empty store. The fifth
    /// column of that row names the server that answers, and the store's life; null where it can be no other.
    /// </summary>
    public required string Heads { get; init; }

    /// <summary>
    /// Makes the rows of all partitions when there are none; of several that do so at once, one makes them all. Parameters: name, stream,
    /// partitions, position, stream_id (or null), handles (or null), handler (or null).
    /// </summary>
    public required string Create { get; init; }

    /// <summary>Parameters: name, stream. Returns the number of partitions, the definition's number, what it handles (or null), and the
    /// id of the first partition's row; or no row.</summary>
    public required string Definition { get; init; }

    /// <summary>
    /// Changes what a subscription handles, in all partitions, unless somebody else has since. No class of handlers that owns a partition counts as
    /// covering it; who reads batches goes on. Parameters: name, stream, definition (the number before), handles, owner (who asks for the partitions, or null). Changes the rows of its partitions.
    /// </summary>
    public required string Define { get; init; }

    /// <summary>
    /// Takes one partition when it is free, and raises its epoch. It is free when it isn't paused and has no lease, or one that has run
    /// out, or one of this owner's, or was given back for this owner; and when its epoch and the mark of its lease are still still_epoch
    /// and still_mark, those of a lease that was not renewed for its whole duration by this process's own clock (null when there is none).
    /// Parameters: name, stream, partition, partitions, definition, owner, lease, covers (what the owner's class handles, or null),
    /// is_covered, handler (the owner's class, or null), still_epoch, still_mark. It is suspected when the owner before has not given it
    /// back. Returns id, epoch, position, stream_id, replays, is_suspected, suspect_place, process_ends, finished_before, and the server that
    /// answers with the store's life (null where it can be no other); no row when it is not free, missing, or has another number of partitions
    /// or another definition.
    /// </summary>
    public required string Acquire { get; init; }

    /// <summary>
    /// Renews the leases of a process that nobody took, and waits for no row: one that somebody has locked is left out. Parameters: ids (a JSON
    /// array), owner, lease. Returns of each renewed one its <see cref="SubscriptionRow"/>.
    /// </summary>
    public required string Renew { get; init; }

    /// <summary>
    /// Looks at the rows of these ids and at those of the subscriptions that this process stands by for. Parameters: ids (a JSON array),
    /// waiting (a JSON array of objects with name and stream), owner. Returns of each its <see cref="SubscriptionRow"/>.
    /// </summary>
    public required string Look { get; init; }

    /// <summary>
    /// Parameters: id, epoch, server. Returns whether somebody owns the row, whether the epoch is the current one, the checkpoint, the server that
    /// answers and the store's life (null where it can be no other), and whether it is the server of the parameter; no row when it is missing.
    /// </summary>
    public required string Inspect { get; init; }

    /// <summary>
    /// Moves the checkpoint, never backwards, clears the last error and renews the lease. Fenced, by the definition and the server too. Parameters:
    /// id, epoch, definition, server, position, lease.
    /// </summary>
    public required string Checkpoint { get; init; }

    /// <summary>
    /// Moves the checkpoint of an owner of the definition before the current one, no further than the events that were there before the current
    /// one. Fenced, by the server too. Parameters: id, epoch, definition (the one before), server, position.
    /// </summary>
    public required string CheckpointBefore { get; init; }

    /// <summary>
    /// Notes whether the owner can handle everything; where it can't, another process may ask for the partition. Fenced. Parameters: id, epoch,
    /// is_covered.
    /// </summary>
    public required string Cover { get; init; }

    /// <summary>
    /// The same for a projection, which finishes all events from first to position in the same transaction. Besides being fenced it changes no
    /// row when the checkpoint is not before first: the events were applied already. Parameters: id, epoch, definition, server, first, position, lease.
    /// </summary>
    public required string Project { get; init; }

    /// <summary>
    /// Returns the checkpoint, after waiting for a transaction that has moved it and is not over. Fenced, by the definition too: no row. Parameters: id, epoch, definition.
    /// </summary>
    public required string Position { get; init; }

    /// <summary>
    /// The same as <see cref="Checkpoint"/> without clearing the error, and with a position that may be null: locks the row, so that what follows in the transaction is
    /// fenced too. Parameters: id, epoch, definition, server, position, lease.
    /// </summary>
    public required string Hold { get; init; }

    /// <summary>
    /// Notes the stream in which places are counted, and where to begin in it: nothing of it was finished before then. Fenced, by the
    /// definition too. Parameters: id, epoch, definition, stream_id, position (null keeps it).
    /// </summary>
    public required string SetStream { get; init; }

    /// <summary>
    /// Gives the partition back, so that another process may take it at once; when one has asked for it, that one. Fenced. Parameters: id,
    /// epoch, lease (how long it is kept for the one who asked).
    /// </summary>
    public required string Release { get; init; }

    /// <summary>Notes which event is alone in flight. Fenced. Parameters: id, epoch, is_suspected, alone (a place, or null), ends (the counts, or null).</summary>
    public required string Suspect { get; init; }

    /// <summary>Keeps the handler's error in sight. Fenced. Parameters: id, epoch, error.</summary>
    public required string Fail { get; init; }

    /// <summary>Asks the owner of the current epoch for a partition, unless somebody has, or has locked the row. Parameters: id, epoch, owner (who asks).</summary>
    public required string Request { get; init; }
}
