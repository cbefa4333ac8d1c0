namespace EventStore.EF.PostgreSQL;

/// <summary>See <see cref="SubscriptionStatements"/> for parameters and guarantees.</summary>
internal static class PostgreSqlSubscriptions
{
    public static SubscriptionStatements Statements(SchemaName schema) => new()
    {
        Create = schema.In("""
            INSERT INTO {schema}.subscriptions (name, stream, partition)
            VALUES (@name, @stream, 0)
            ON CONFLICT (name, stream, partition) DO NOTHING
            """),
        Acquire = schema.In("""
            UPDATE {schema}.subscriptions
            SET owner = @owner, epoch = epoch + 1, lease_expires_at = clock_timestamp() + make_interval(secs => @lease)
            WHERE name = @name AND stream = @stream AND partition = 0
              AND (lease_expires_at IS NULL OR lease_expires_at < clock_timestamp() OR owner = @owner)
            RETURNING id, epoch, position
            """),
        Checkpoint = schema.In("""
            UPDATE {schema}.subscriptions
            SET position = @position, last_error = NULL, lease_expires_at = clock_timestamp() + make_interval(secs => @lease)
            WHERE id = @id AND epoch = @epoch AND position <= @position
            """),
        Renew = schema.In("""
            UPDATE {schema}.subscriptions
            SET lease_expires_at = clock_timestamp() + make_interval(secs => @lease)
            WHERE owner = @owner
            RETURNING id
            """),
        Release = schema.In("""
            UPDATE {schema}.subscriptions
            SET owner = NULL, lease_expires_at = NULL
            WHERE id = @id AND epoch = @epoch
            """),
        Fail = schema.In("""
            UPDATE {schema}.subscriptions
            SET last_error = @error
            WHERE id = @id AND epoch = @epoch
            """),
    };
}
