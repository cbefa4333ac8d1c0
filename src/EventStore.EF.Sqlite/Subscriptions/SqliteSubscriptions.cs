namespace EventStore.EF.Sqlite;

/// <summary>
/// See <see cref="SubscriptionStatements"/> for parameters and guarantees. Each statement is a transaction of its own, and has the write
/// lock before it looks. Times are the database's clock as text of one format, so comparing texts compares times.
/// </summary>
internal static class SqliteSubscriptions
{
    private const string Now = SqliteTime.Now;

    /// <summary>@lease seconds from now.</summary>
    private const string LeaseEnd = "strftime('%Y-%m-%d %H:%M:%f', 'now', '+' || @lease || ' seconds')";

    private const string IsFree =
        $"NOT is_paused AND (lease_expires_at IS NULL OR lease_expires_at <= {Now} OR owner = @owner OR (owner IS NULL AND requested_by = @owner))";

    private const string RowColumns =
        $"{SubscriptionRow.Columns}, ifnull({IsFree}, 0), (julianday(lease_expires_at) - julianday('now')) * 86400.0, lease_expires_at, lease_seconds";

    private const string Ids = "(SELECT value FROM json_each(@ids))";

    public static SubscriptionStatements Statements(SchemaName schema) => new()
    {
        StreamHead = schema.In("""SELECT id, version FROM "{schema}_streams" WHERE name = @stream"""),
        Heads = schema.In("""
            SELECT name, id, version, deleted_at IS NOT NULL, NULL
            FROM "{schema}_streams"
            WHERE name IN (SELECT value FROM json_each(@streams))
            UNION ALL
            SELECT NULL, 0, ifnull(max(position), 0), 0, NULL FROM "{schema}_events"
            """),
        Create = schema.In("""
            WITH RECURSIVE p (number) AS (SELECT 0 UNION ALL SELECT number + 1 FROM p WHERE number + 1 < @partitions)
            INSERT INTO "{schema}_subscriptions" (name, stream, "partition", partitions, position, stream_id, definition, handles, handler)
            SELECT @name, @stream, number, @partitions, @position, @stream_id, @handles IS NOT NULL, @handles, @handler
            FROM p
            WHERE NOT EXISTS (SELECT 1 FROM "{schema}_subscriptions" WHERE name = @name AND stream = @stream)
            """),
        Definition = schema.In("""
            SELECT partitions, definition, handles, id
            FROM "{schema}_subscriptions"
            WHERE name = @name AND stream = @stream AND "partition" = 0
            """),
        Define = schema.In("""
            UPDATE "{schema}_subscriptions"
            SET definition = definition + 1, handles = @handles, is_covered = owner IS NOT NULL AND covers IS NULL,
                requested_by = CASE WHEN owner IS NOT NULL AND covers IS NULL THEN requested_by ELSE ifnull(@owner, requested_by) END,
                defined_after = CASE
                    WHEN stream = '$all' THEN (SELECT ifnull(max(position), 0) FROM "{schema}_events")
                    ELSE ifnull((SELECT version FROM "{schema}_streams" WHERE name = @stream), 0) END
            WHERE name = @name AND stream = @stream AND definition = @definition
            """),
        Acquire = schema.In($$"""
            UPDATE "{schema}_subscriptions"
            SET owner = @owner, epoch = epoch + 1, requested_by = NULL, lease_expires_at = {{LeaseEnd}}, lease_seconds = @lease,
                covers = @covers, is_covered = @is_covered, handler = ifnull(@handler, handler),
                is_suspected = is_suspected OR (owner IS NOT NULL AND owner <> @owner)
            WHERE name = @name AND stream = @stream AND "partition" = @partition AND partitions = @partitions AND definition = @definition
              AND (({{IsFree}}) OR (NOT is_paused AND epoch = @still_epoch AND lease_expires_at = @still_mark))
            RETURNING id, epoch, position, stream_id, replays, is_suspected, suspect_place, process_ends, finished_before, NULL
            """),
        Renew = schema.In($$"""
            UPDATE "{schema}_subscriptions"
            SET lease_expires_at = {{LeaseEnd}}
            WHERE id IN {{Ids}} AND owner = @owner
            RETURNING {{RowColumns}}
            """),
        Look = schema.In($$"""
            SELECT {{RowColumns}}
            FROM "{schema}_subscriptions"
            WHERE id IN {{Ids}}
            UNION ALL
            SELECT {{RowColumns}}
            FROM "{schema}_subscriptions"
            WHERE (name, stream) IN (SELECT json_extract(value, '$.name'), json_extract(value, '$.stream') FROM json_each(@waiting))
              AND id NOT IN {{Ids}}
            """),
        Inspect = schema.In("""SELECT owner IS NOT NULL, epoch = @epoch, position, NULL, 1 FROM "{schema}_subscriptions" WHERE id = @id"""),
        Checkpoint = schema.In($$"""
            UPDATE "{schema}_subscriptions"
            SET position = max(position, @position), last_error = NULL, last_error_at = NULL, lease_expires_at = {{LeaseEnd}}
            WHERE id = @id AND epoch = @epoch AND definition = ifnull(@definition, definition)
            """),
        CheckpointBefore = schema.In("""
            UPDATE "{schema}_subscriptions"
            SET position = max(position, min(@position, defined_after))
            WHERE id = @id AND epoch = @epoch AND definition = @definition + 1
            """),
        Project = schema.In($$"""
            UPDATE "{schema}_subscriptions"
            SET position = @position, last_error = NULL, last_error_at = NULL, lease_expires_at = {{LeaseEnd}}
            WHERE id = @id AND epoch = @epoch AND definition = ifnull(@definition, definition) AND position < @first
            """),
        Position = schema.In("""SELECT position FROM "{schema}_subscriptions" WHERE id = @id AND epoch = @epoch AND definition = ifnull(@definition, definition)"""),
        Hold = schema.In($$"""
            UPDATE "{schema}_subscriptions"
            SET position = max(position, ifnull(@position, 0)), lease_expires_at = {{LeaseEnd}}
            WHERE id = @id AND epoch = @epoch AND definition = ifnull(@definition, definition)
            """),
        SetStream = schema.In("""
            UPDATE "{schema}_subscriptions"
            SET stream_id = @stream_id, position = ifnull(@position, position),
                finished_before = CASE WHEN @position IS NULL THEN finished_before END
            WHERE id = @id AND epoch = @epoch AND definition = ifnull(@definition, definition)
            """),
        Cover = schema.In("""UPDATE "{schema}_subscriptions" SET is_covered = @is_covered WHERE id = @id AND epoch = @epoch"""),
        Release = schema.In($$"""
            UPDATE "{schema}_subscriptions"
            SET owner = NULL, suspect_place = NULL, lease_expires_at = CASE WHEN requested_by IS NOT NULL THEN {{LeaseEnd}} END, lease_seconds = @lease
            WHERE id = @id AND epoch = @epoch
            """),
        Suspect = schema.In("""
            UPDATE "{schema}_subscriptions"
            SET is_suspected = @is_suspected, suspect_place = @alone, process_ends = @ends
            WHERE id = @id AND epoch = @epoch
            """),
        Fail = schema.In($$"""
            UPDATE "{schema}_subscriptions"
            SET last_error = @error, last_error_at = {{Now}}
            WHERE id = @id AND epoch = @epoch
            """),
        Request = schema.In("""
            UPDATE "{schema}_subscriptions"
            SET requested_by = @owner
            WHERE id = @id AND epoch = @epoch AND owner <> @owner AND requested_by IS NULL
            """),
    };
}
