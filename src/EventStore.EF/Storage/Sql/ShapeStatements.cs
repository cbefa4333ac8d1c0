namespace EventStore.EF.Storage.Sql;

/// <summary>
/// The SQL that changes a subscription's number of partitions or its name. Statements that write run after
/// <see cref="SubscriptionAdministrationStatements.Lock"/> in its transaction. A subscription is identified by name and stream.
/// </summary>
internal sealed class ShapeStatements(SqlDialect sql)
{
    /// <summary>
    /// The current name and number of partitions of a subscription. Parameters: id (of its first partition's row, which every change
    /// keeps). Returns name and number of partitions, or no row if the subscription is gone.
    /// </summary>
    public string Shape { get; } = sql.Text("SELECT name, partitions FROM {subscriptions} WHERE id = @id");

    /// <summary>
    /// The subscription, and those that it may previously have been: with the same name and another stream, or with the same class and
    /// stream and another name. Parameters: name, stream, handler. Returns for each: name, stream, number of partitions, lowest position,
    /// and whether a process owns one of its partitions.
    /// </summary>
    public string Relatives { get; } = sql.Text("""
        SELECT name, stream, min(partitions), min(position), count(CASE WHEN lease_expires_at > {now} THEN 1 END) > 0
        FROM {subscriptions}
        WHERE name = @name OR (stream = @stream AND handler = @handler)
        GROUP BY name, stream
        ORDER BY name, stream
        """);

    /// <summary>
    /// All partitions, locked until the transaction ends, including those that another transaction added while this one waited for its
    /// lock. Parameters: name, stream. Returns for each: id, partition, position, stream_id, epoch, is_suspected, suspect_place,
    /// process_ends, whether its owner's lease has expired, finished_before, and the id of the stream that has the name now (or null).
    /// </summary>
    public string Partitions { get; } = sql.Text("""
        SELECT id, "partition", position, stream_id, epoch, is_suspected, suspect_place, process_ends,
            {is_abandoned}, finished_before,
            (SELECT s.id FROM {streams} AS s WHERE s.tenant = '' AND s.name = @stream) AS current_stream
        FROM {subscriptions}
        WHERE {those}
        ORDER BY id
        {for_update}
        """);

    /// <summary>
    /// Sets what all partitions have in common, and takes each from its owner. The definition's number rises, so that a process that is
    /// just changing the definition starts again with all partitions. The latest error goes to the first partition. Parameters: name,
    /// stream, partitions, position, stream_id (or null), epoch, is_suspected, ends (or null), finished_before (or null).
    /// </summary>
    public string Reshape { get; } = sql.Text("""
        UPDATE {subscriptions}
        SET partitions = @partitions, position = @position, stream_id = @stream_id::bigint, epoch = @epoch, definition = definition + 1,
            owner = NULL, lease_expires_at = NULL, requested_by = NULL, covers = NULL, is_covered = true,
            is_suspected = @is_suspected, suspect_place = NULL, process_ends = @ends::text, finished_before = @finished_before::text,
            last_error = CASE WHEN "partition" = 0 THEN latest.error END, last_error_at = CASE WHEN "partition" = 0 THEN latest.at END
        FROM (
            SELECT last_error AS error, last_error_at AS at
            FROM {subscriptions}
            WHERE {those}
            ORDER BY last_error_at DESC NULLS LAST
            LIMIT 1) AS latest
        WHERE {those}
        """);

    /// <summary>
    /// Adds partitions like the first one. Parameters: name, stream, count (the present number), partitions (the new number).
    /// </summary>
    public string AddPartitions { get; } = sql.Text("""
        WITH RECURSIVE added (number) AS (
            SELECT @count::bigint WHERE @count::bigint < @partitions
            UNION ALL
            SELECT number + 1 FROM added WHERE number + 1 < @partitions)
        INSERT INTO {subscriptions} (name, stream, "partition", partitions, position, stream_id, is_paused, replays, epoch,
            definition, handles, defined_after, is_suspected, process_ends, handler, finished_before, created_at)
        SELECT name, stream, added.number, partitions, position, stream_id, is_paused, replays, epoch,
            definition, handles, defined_after, is_suspected, process_ends, handler, finished_before, created_at
        FROM {subscriptions}, added
        WHERE {those} AND "partition" = 0
        """);

    /// <summary>Removes surplus partitions with their parked events. Parameters: name, stream, partitions.</summary>
    public string RemovePartitions { get; } = sql.Text("""DELETE FROM {subscriptions} WHERE {those} AND "partition" >= @partitions""");

    /// <summary>
    /// Removes all but the newest row of an event that several partitions have parked, because the function that computes keys was changed
    /// in between. Parameters: name, stream.
    /// </summary>
    public string RemoveParkedTwice { get; } = sql.Text("""
        DELETE FROM {parked_events}
        WHERE id IN (
            SELECT id
            FROM (
                SELECT id, row_number() OVER (PARTITION BY place ORDER BY id DESC) AS number
                FROM {parked_events}
                WHERE {theirs}) AS parked
            WHERE number > 1)
        """);

    /// <summary>
    /// A page of the keys with parked events, in order, each found by the index. Parameters: id (of the partition's row), from (the first
    /// that may be returned), count.
    /// </summary>
    public string ParkedKeys { get; } = sql.Text("""
        WITH RECURSIVE keys (key) AS (
            SELECT min(key) FROM {parked_events} WHERE subscription_id = @id AND key >= @from
            UNION ALL
            SELECT (SELECT min(p.key) FROM {parked_events} AS p WHERE p.subscription_id = @id AND p.key > keys.key)
            FROM keys
            WHERE keys.key IS NOT NULL)
        SELECT key FROM keys WHERE key IS NOT NULL LIMIT @count
        """);

    /// <summary>
    /// Moves all parked events of the given keys, found by the index. Parameters: id (of the partition's row), target (the row of the new
    /// partition), keys (a JSON array).
    /// </summary>
    public string MoveParked { get; } = sql.Text("""
        UPDATE {parked_events}
        SET subscription_id = @target
        WHERE subscription_id = @id AND key {in_keys}
        """);

    /// <summary>
    /// Renames the subscription, and takes all partitions from their owners. Parameters: name, stream, new_name. Changes the rows of its
    /// partitions.
    /// </summary>
    public string Rename { get; } = sql.Text("""
        UPDATE {subscriptions}
        SET name = @new_name, epoch = epoch + 1, owner = NULL, lease_expires_at = NULL, requested_by = NULL,
            is_suspected = is_suspected OR {is_abandoned},
            suspect_place = CASE WHEN {is_abandoned} THEN suspect_place END
        WHERE {those}
        """);
}
