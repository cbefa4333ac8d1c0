namespace EventStore.EF;

/// <summary>
/// The SQL by which subscriptions are owned. All times are the database's own. Parameters are named and the same everywhere; <c>lease</c> is in
/// seconds. What is said to be fenced changes no row when the epoch is no longer the current one; what is said to be fenced by the definition
/// too (parameter definition), when that is given and isn't the current one either; what is said to be fenced by the server (parameter server),
/// when another one answers than <see cref="IStorage.ServerIn"/> says, if it says any. A row that somebody has locked is waited for a second
/// where that is possible, and then <see cref="StorageFailure.Locked"/>.
/// </summary>
internal sealed class SubscriptionStatements(SqlDialect sql)
{
    /// <summary>Parameters: stream. Returns id and version of the stream of that name, or no row.</summary>
    public string StreamHead { get; } = sql.Text("SELECT id, version FROM {streams} WHERE name = @stream");

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
    public string Create { get; init; } = sql.Text("""
        WITH RECURSIVE p (number) AS (SELECT 0 UNION ALL SELECT number + 1 FROM p WHERE number + 1 < @partitions)
        INSERT INTO {subscriptions} (name, stream, "partition", partitions, position, stream_id, definition, handles, handler)
        SELECT @name, @stream, number, @partitions, @position, @stream_id, @handles IS NOT NULL, @handles, @handler
        FROM p
        WHERE NOT EXISTS (SELECT 1 FROM {subscriptions} WHERE {those})
        """);

    /// <summary>Parameters: name, stream. Returns the number of partitions, the definition's number, what it handles (or null), and the
    /// id of the first partition's row; or no row.</summary>
    public string Definition { get; } = sql.Text("""
        SELECT partitions, definition, handles, id
        FROM {subscriptions}
        WHERE {those} AND "partition" = 0
        """);

    /// <summary>
    /// Changes what a subscription handles, in all partitions, unless somebody else has since. No class of handlers that owns a partition counts as
    /// covering it; who reads batches goes on. Parameters: name, stream, definition (the number before), handles, owner (who asks for the partitions, or null). Changes the rows of its partitions.
    /// </summary>
    public string Define { get; init; } = sql.Text("""
        UPDATE {subscriptions}
        {set_definition}
        WHERE {those} AND definition = @definition
        """);

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
    public string Acquire { get; } = sql.Text("""
        UPDATE {subscriptions}
        SET owner = @owner, epoch = epoch + 1, requested_by = NULL, lease_expires_at = {lease_end}, lease_seconds = @lease,
            covers = @covers::text, is_covered = @is_covered, handler = coalesce(@handler::text, handler),
            is_suspected = is_suspected OR (owner IS NOT NULL AND owner <> @owner)
        {from_short_wait}
        WHERE {those} AND "partition" = @partition AND partitions = @partitions AND definition = @definition
          AND (({is_free}) OR (NOT is_paused AND epoch = @still_epoch::bigint AND {lease_mark} = @still_mark::text))
        RETURNING id, epoch, position, stream_id, replays, is_suspected, suspect_place, process_ends, finished_before, {server}
        """);

    /// <summary>
    /// Renews the leases of a process that nobody took, and waits for no row: one that somebody has locked is left out. Parameters: ids (a JSON
    /// array), owner, lease. Returns of each renewed one its <see cref="SubscriptionRow"/>.
    /// </summary>
    public string Renew { get; init; } = sql.Text("""
        UPDATE {subscriptions}
        SET lease_expires_at = {lease_end}
        WHERE id {in_ids} AND owner = @owner
        RETURNING {row}
        """);

    /// <summary>
    /// Looks at the rows of these ids and at those of the subscriptions that this process stands by for. Parameters: ids (a JSON array),
    /// waiting (a JSON array of objects with name and stream), owner. Returns of each its <see cref="SubscriptionRow"/>.
    /// </summary>
    public string Look { get; } = sql.Text("""
        SELECT {row}
        FROM {subscriptions}
        WHERE id {in_ids}
        UNION ALL
        SELECT {row}
        FROM {subscriptions}
        WHERE (name, stream) IN ({waiting})
          AND NOT id {in_ids}
        """);

    /// <summary>
    /// Parameters: id, epoch, server. Returns whether somebody owns the row, whether the epoch is the current one, the checkpoint, the server that
    /// answers and the store's life (null where it can be no other), and whether it is the server of the parameter; no row when it is missing.
    /// </summary>
    public string Inspect { get; } = sql.Text("""
        SELECT owner IS NOT NULL, epoch = @epoch, position, {server}, {is_same_server}
        FROM {subscriptions}
        WHERE id = @id
        """);

    /// <summary>
    /// Moves the checkpoint, never backwards, clears the last error and renews the lease. Fenced, by the definition and the server too. Parameters:
    /// id, epoch, definition, server, position, lease.
    /// </summary>
    public string Checkpoint { get; } = sql.Text("""
        UPDATE {subscriptions}
        SET position = {greatest}(position, @position), last_error = NULL, last_error_at = NULL, lease_expires_at = {lease_end}
        {from_short_wait_unflushed}
        WHERE {fenced_by_definition} AND {is_same_server}
        """);

    /// <summary>
    /// Moves the checkpoint of an owner of the definition before the current one, no further than the events that were there before the current
    /// one. Fenced, by the server too. Parameters: id, epoch, definition (the one before), server, position.
    /// </summary>
    public string CheckpointBefore { get; } = sql.Text("""
        UPDATE {subscriptions}
        SET position = {greatest}(position, {least}(@position, defined_after))
        {from_short_wait}
        WHERE {fenced} AND definition = @definition + 1 AND {is_same_server}
        """);

    /// <summary>
    /// Notes whether the owner can handle everything; where it can't, another process may ask for the partition. Fenced. Parameters: id, epoch,
    /// is_covered.
    /// </summary>
    public string Cover { get; } = sql.Text("""
        UPDATE {subscriptions}
        SET is_covered = @is_covered
        {from_short_wait}
        WHERE {fenced}
        """);

    /// <summary>
    /// The same for a projection, which finishes all events from first to position in the same transaction. Besides being fenced it changes no
    /// row when the checkpoint is not before first: the events were applied already. Parameters: id, epoch, definition, server, first, position, lease.
    /// </summary>
    public string Project { get; } = sql.Text("""
        UPDATE {subscriptions}
        SET position = @position, last_error = NULL, last_error_at = NULL, lease_expires_at = {lease_end}
        {from_short_wait}
        WHERE {fenced_by_definition} AND position < @first
          AND {is_same_server}
        """);

    /// <summary>
    /// Returns the checkpoint, after waiting for a transaction that has moved it and is not over. Fenced, by the definition too: no row. Parameters: id, epoch, definition.
    /// </summary>
    public string Position { get; init; } = sql.Text("SELECT position FROM {subscriptions} WHERE {fenced_by_definition}");

    /// <summary>
    /// The same as <see cref="Checkpoint"/> without clearing the error, and with a position that may be null: locks the row, so that what follows
    /// in the transaction is fenced too. Where a server can, it ends the transaction when its process does nothing in it for a whole lease.
    /// Parameters: id, epoch, definition, server, position, lease.
    /// </summary>
    public string Hold { get; } = sql.Text("""
        UPDATE {subscriptions}
        SET position = {greatest}(position, coalesce(@position::bigint, 0)), lease_expires_at = {lease_end}
        {from_short_wait_in_transaction}
        WHERE {fenced_by_definition} AND {is_same_server}
        """);

    /// <summary>
    /// Notes the stream in which places are counted, and where to begin in it: nothing of it was finished before then. Fenced, by the
    /// definition too. Parameters: id, epoch, definition, stream_id, position (null keeps it).
    /// </summary>
    public string SetStream { get; } = sql.Text("""
        UPDATE {subscriptions}
        SET stream_id = @stream_id, position = coalesce(@position::bigint, position),
            finished_before = CASE WHEN @position::bigint IS NULL THEN finished_before END
        {from_short_wait}
        WHERE {fenced_by_definition}
        """);

    /// <summary>
    /// Gives the partition back, so that another process may take it at once; when one has asked for it, that one. Fenced. Parameters: id,
    /// epoch, lease (how long it is kept for the one who asked).
    /// </summary>
    public string Release { get; } = sql.Text("""
        UPDATE {subscriptions}
        SET owner = NULL, suspect_place = NULL, lease_expires_at = CASE WHEN requested_by IS NOT NULL THEN {lease_end} END, lease_seconds = @lease
        WHERE {fenced}
        """);

    /// <summary>Notes which event is alone in flight. Fenced. Parameters: id, epoch, is_suspected, alone (a place, or null), ends (the counts, or null).</summary>
    public string Suspect { get; } = sql.Text("""
        UPDATE {subscriptions}
        SET is_suspected = @is_suspected, suspect_place = @alone::bigint, process_ends = @ends::text
        {from_short_wait}
        WHERE {fenced}
        """);

    /// <summary>Keeps the handler's error in sight. Fenced. Parameters: id, epoch, error.</summary>
    public string Fail { get; } = sql.Text("""
        UPDATE {subscriptions}
        SET last_error = @error, last_error_at = {now}
        {from_short_wait}
        WHERE {fenced}
        """);

    /// <summary>Asks the owner of the current epoch for a partition, unless somebody has, or has locked the row. Parameters: id, epoch, owner (who asks).</summary>
    public string Request { get; init; } = sql.Text("""
        UPDATE {subscriptions}
        SET requested_by = @owner
        WHERE {fenced} AND owner <> @owner AND requested_by IS NULL
        """);
}
