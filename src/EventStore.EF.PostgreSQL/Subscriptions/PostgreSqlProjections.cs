namespace EventStore.EF.PostgreSQL;

/// <summary>See <see cref="ProjectionStatements"/> for parameters and guarantees.</summary>
internal static class PostgreSqlProjections
{
    /// <remarks>
    /// Identifiers don't tell a database from a physical copy of it, and need privileges; a lock that one connection has and the other can't
    /// get does, behind PgBouncer too.
    /// </remarks>
    public static ProjectionStatements Statements { get; } = new()
    {
        Prepare = null,
        Limit = "SELECT set_config('idle_in_transaction_session_timeout', @milliseconds::bigint::text, true)",
        Written = "SELECT pg_current_xact_id_if_assigned()::text",
        Pause = TimeSpan.Zero,
        HasTable = """
            SELECT EXISTS (
                SELECT FROM pg_class c
                WHERE c.relname = @table::name AND c.relkind IN ('r', 'p', 'v', 'm', 'f')
                  AND CASE WHEN @schema::text IS NULL THEN pg_table_is_visible(c.oid) ELSE c.relnamespace = (SELECT oid FROM pg_namespace WHERE nspname = @schema::text) END)
            """,
        Mark = "SELECT pg_try_advisory_xact_lock(@key)::text",
        IsMarked = "SELECT @mark = 'true' AND NOT pg_try_advisory_xact_lock(@key)",
    };
}
