namespace EventStore.EF.Sqlite;

/// <summary>
/// How subscriptions are owned and checkpointed on SQLite. Each statement is a transaction of its own. Times are the database's
/// clock as text of one format, so comparing texts compares times.
/// </summary>
internal static class SqliteSubscriptions
{
    private const string Now = SqliteTime.Now;

    /// <summary>@lease seconds from now.</summary>
    private const string LeaseEnd = "strftime('%Y-%m-%d %H:%M:%f', 'now', '+' || @lease || ' seconds')";

    private const string Create =
        """
        INSERT INTO "{schema}_subscriptions" (name, stream, "partition")
        SELECT @name, @stream, 0
        WHERE NOT EXISTS (SELECT 1 FROM "{schema}_subscriptions" WHERE name = @name AND stream = @stream AND "partition" = 0)
        """;

    private const string Acquire =
        $$"""
        UPDATE "{schema}_subscriptions" SET owner = @owner, epoch = epoch + 1, lease_expires_at = {{LeaseEnd}}
        WHERE name = @name AND stream = @stream AND "partition" = 0
          AND (owner IS NULL OR owner = @owner OR lease_expires_at <= {{Now}})
        RETURNING id, epoch, position
        """;

    private const string Checkpoint =
        $$"""
        UPDATE "{schema}_subscriptions" SET position = max(position, @position), last_error = NULL, lease_expires_at = {{LeaseEnd}}
        WHERE id = @id AND epoch = @epoch
        """;

    private const string Renew =
        $$"""
        UPDATE "{schema}_subscriptions" SET lease_expires_at = {{LeaseEnd}} WHERE owner = @owner RETURNING id
        """;

    private const string Release =
        """
        UPDATE "{schema}_subscriptions" SET owner = NULL, lease_expires_at = NULL WHERE id = @id AND epoch = @epoch
        """;

    private const string Fail =
        """
        UPDATE "{schema}_subscriptions" SET last_error = @error WHERE id = @id AND epoch = @epoch
        """;

    public static SubscriptionStatements Statements(SchemaName schema) => new()
    {
        Create = schema.In(Create),
        Acquire = schema.In(Acquire),
        Checkpoint = schema.In(Checkpoint),
        Renew = schema.In(Renew),
        Release = schema.In(Release),
        Fail = schema.In(Fail),
    };
}
