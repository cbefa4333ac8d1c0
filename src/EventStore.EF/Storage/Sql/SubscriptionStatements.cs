namespace EventStore.EF.Storage.Sql;

/// <summary>
/// The SQL for the ownership of subscriptions. All times are the database's. Parameters are named, and the same everywhere; <c>lease</c> is
/// in seconds. A statement described as fenced changes no row if the epoch is no longer current. Fenced by the definition (parameter
/// definition): nor if a definition is given and is not current. Fenced by the server (parameter server): nor if another server than that
/// of <see cref="IStorage.ServerIn"/> answers, or the store has another epoch, if that names one. A statement waits one second for a locked
/// row where possible, then fails with <see cref="StorageFailure.Locked"/>. A place is a position or, for a subscription to one stream, a
/// number in that stream.
/// </summary>
internal sealed class SubscriptionStatements(SqlDialect sql)
{
    /// <summary>The head of a stream. Parameters: stream. Returns id and version of the stream of that name, or no row.</summary>
    public string StreamHead { get; } = sql.Text("SELECT id, version FROM {streams} WHERE tenant = '' AND name = @stream");

    /// <summary>
    /// Whether there is anything new, in one query. Parameters: streams (a JSON array of names). Returns name, id, version and whether it
    /// is deleted for each of these streams that exists, and one row without a name whose version is the highest visible position, 0 in an
    /// empty store. The fifth column of that row names the answering server and the store's incarnation; null if no other server can
    /// answer.
    /// </summary>
    public required string Heads { get; init; }

    /// <summary>
    /// Creates the rows of all partitions if there are none; if several processes do so at the same time, one of them creates all rows.
    /// Parameters: name, stream, partitions, position, stream_id (or null), handles (or null), handler (or null).
    /// </summary>
    public string Create { get; init; } = sql.Text("""
        WITH RECURSIVE p (number) AS (SELECT 0 UNION ALL SELECT number + 1 FROM p WHERE number + 1 < @partitions)
        INSERT INTO {subscriptions} (name, stream, "partition", partitions, position, stream_id, definition, handles, handler)
        SELECT @name, @stream, number, @partitions, @position, @stream_id, @handles IS NOT NULL, @handles, @handler
        FROM p
        WHERE NOT EXISTS (SELECT 1 FROM {subscriptions} WHERE {those})
        """);

    /// <summary>
    /// The definition of a subscription. Parameters: name, stream. Returns the number of partitions, the definition's number, what it
    /// handles (or null), and the id of the first partition's row; or no row.
    /// </summary>
    public string Definition { get; } = sql.Text("""
        SELECT partitions, definition, handles, id
        FROM {subscriptions}
        WHERE {those} AND "partition" = 0
        """);

    /// <summary>
    /// Changes what a subscription handles, in all partitions, unless it has been changed since. Afterwards, no handler class that owns a
    /// partition counts as covering it; consumers of batches continue. Parameters: name, stream, definition (the previous number), handles,
    /// owner (who requests the partitions, or null). Changes the rows of its partitions.
    /// </summary>
    public string Define { get; init; } = sql.Text("""
        UPDATE {subscriptions}
        {set_definition}
        WHERE {those} AND definition = @definition
        """);

    /// <summary>
    /// Acquires one partition if it is free, and raises its epoch. It is free if it isn't paused and has no lease, an expired one, or one
    /// of this owner, or was released for this owner; also if its epoch and lease mark are still still_epoch and still_mark, those of a
    /// lease that was not renewed for its whole duration by this process's own clock (null if there is none). Parameters: name, stream,
    /// partition, partitions, definition, owner, lease, covers (what the owner's class handles, or null), is_covered, handler (the owner's
    /// class, or null), still_epoch, still_mark. It is suspected if the previous owner did not release it. Returns id, epoch, position,
    /// stream_id, replays, is_suspected, suspect_place, process_ends, finished_before, and the answering server with the store's
    /// incarnation (null if no other can answer); no row if it is not free, is missing, or has another number of partitions or another
    /// definition.
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
    /// Renews the leases of a process that no other process took. It waits for no row: a locked one is left out. Parameters: ids (a JSON
    /// array), owner, lease. Returns the <see cref="SubscriptionRow"/> of each renewed lease.
    /// </summary>
    public string Renew { get; init; } = sql.Text("""
        UPDATE {subscriptions}
        SET lease_expires_at = {lease_end}
        WHERE id {in_ids} AND owner = @owner
        RETURNING {row}
        """);

    /// <summary>
    /// Reads the rows of these ids and those of the subscriptions that this process waits to take over. Parameters: ids (a JSON array),
    /// waiting (a JSON array of objects with name and stream), owner. Returns the <see cref="SubscriptionRow"/> of each.
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
    /// The owner, checkpoint and server of a row. Parameters: id, epoch, server. Returns whether the row has an owner, whether the epoch is
    /// current, the checkpoint, the answering server and the store's incarnation (null if no other can answer), and whether it is the
    /// server of the parameter; no row if it is missing.
    /// </summary>
    public string Inspect { get; } = sql.Text("""
        SELECT owner IS NOT NULL, epoch = @epoch, position, {server}, {is_same_server}
        FROM {subscriptions}
        WHERE id = @id
        """);

    /// <summary>
    /// Moves the checkpoint, never backwards, clears the last error and renews the lease. Fenced, also by the definition and the server.
    /// Parameters: id, epoch, definition, server, position, lease.
    /// </summary>
    public string Checkpoint { get; } = sql.Text("""
        UPDATE {subscriptions}
        SET position = {greatest}(position, @position), last_error = NULL, last_error_at = NULL, lease_expires_at = {lease_end}
        {from_short_wait_unflushed}
        WHERE {fenced_by_definition} AND {is_same_server}
        """);

    /// <summary>
    /// Moves the checkpoint of an owner that knows the definition before the current one, but not beyond the events that existed before the
    /// current one. Fenced, also by the server. Parameters: id, epoch, definition (the previous one), server, position.
    /// </summary>
    public string CheckpointBefore { get; } = sql.Text("""
        UPDATE {subscriptions}
        SET position = {greatest}(position, {least}(@position, defined_after))
        {from_short_wait}
        WHERE {fenced} AND definition = @definition + 1 AND {is_same_server}
        """);

    /// <summary>
    /// Records whether the owner can handle everything; if it can't, another process may request the partition. Fenced. Parameters: id,
    /// epoch, is_covered.
    /// </summary>
    public string Cover { get; } = sql.Text("""
        UPDATE {subscriptions}
        SET is_covered = @is_covered
        {from_short_wait}
        WHERE {fenced}
        """);

    /// <summary>
    /// Moves the checkpoint of a projection, which finishes all events from first to position in the same transaction. Besides being
    /// fenced, it changes no row if the checkpoint is not before first, because the events were already applied. Parameters: id, epoch,
    /// definition, server, first, position, lease.
    /// </summary>
    public string Project { get; } = sql.Text("""
        UPDATE {subscriptions}
        SET position = @position, last_error = NULL, last_error_at = NULL, lease_expires_at = {lease_end}
        {from_short_wait}
        WHERE {fenced_by_definition} AND position < @first
          AND {is_same_server}
        """);

    /// <summary>
    /// Returns the checkpoint, after waiting for an open transaction that has moved it. Fenced, also by the definition: returns no row.
    /// Parameters: id, epoch, definition.
    /// </summary>
    public string Position { get; init; } = sql.Text("SELECT position FROM {subscriptions} WHERE {fenced_by_definition}");

    /// <summary>
    /// The same as <see cref="Checkpoint"/> without clearing the error, and with a position that may be null: locks the row, so that what
    /// follows in the transaction is fenced too. If the server supports it, the server ends the transaction when its process does nothing
    /// in it for the duration of a lease. Parameters: id, epoch, definition, server, position, lease.
    /// </summary>
    public string Hold { get; } = sql.Text("""
        UPDATE {subscriptions}
        SET position = {greatest}(position, coalesce(@position::bigint, 0)), lease_expires_at = {lease_end}
        {from_short_wait_in_transaction}
        WHERE {fenced_by_definition} AND {is_same_server}
        """);

    /// <summary>
    /// Records the stream to which the checkpoint refers, and where to start in it: nothing of that stream was finished before. Fenced,
    /// also by the definition. Parameters: id, epoch, definition, stream_id, position (null keeps it).
    /// </summary>
    public string SetStream { get; } = sql.Text("""
        UPDATE {subscriptions}
        SET stream_id = @stream_id, position = coalesce(@position::bigint, position),
            finished_before = CASE WHEN @position::bigint IS NULL THEN finished_before END
        {from_short_wait}
        WHERE {fenced_by_definition}
        """);

    /// <summary>
    /// Releases the partition, so that another process may take it immediately; if one has requested it, only that one. Fenced. Parameters:
    /// id, epoch, lease (how long it is reserved for the requester).
    /// </summary>
    public string Release { get; } = sql.Text("""
        UPDATE {subscriptions}
        SET owner = NULL, suspect_place = NULL, lease_expires_at = CASE WHEN requested_by IS NOT NULL THEN {lease_end} END,
            lease_seconds = @lease
        WHERE {fenced}
        """);

    /// <summary>
    /// Records which event is alone in flight. Not flushed by itself: it must survive this process, and not the server. Fenced. Parameters:
    /// id, epoch, is_suspected, alone (a place, or null), ends (the counts, or null).
    /// </summary>
    public string Suspect { get; } = sql.Text("""
        UPDATE {subscriptions}
        SET is_suspected = @is_suspected, suspect_place = @alone::bigint, process_ends = @ends::text
        {from_short_wait_unflushed}
        WHERE {fenced}
        """);

    /// <summary>Stores the handler's error. Fenced. Parameters: id, epoch, error.</summary>
    public string Fail { get; } = sql.Text("""
        UPDATE {subscriptions}
        SET last_error = @error, last_error_at = {now}
        {from_short_wait}
        WHERE {fenced}
        """);

    /// <summary>
    /// Requests a partition from the owner of the current epoch, unless it is already requested or its row is locked. Parameters: id,
    /// epoch, owner (the requester).
    /// </summary>
    public string Request { get; init; } = sql.Text("""
        UPDATE {subscriptions}
        SET requested_by = @owner
        WHERE {fenced} AND owner <> @owner AND requested_by IS NULL
        """);
}
