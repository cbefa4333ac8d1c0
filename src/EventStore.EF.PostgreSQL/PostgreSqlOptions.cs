namespace EventStore.EF;

/// <summary>The options of the PostgreSQL provider.</summary>
public sealed class PostgreSqlOptions
{
    /// <summary>
    /// Whether other processes are notified of appends by LISTEN/NOTIFY; true by default. Turn it off behind a PgBouncer in transaction
    /// mode: other processes then find new events by polling, every <see cref="EventStoreOptions.PollingInterval"/>.
    /// </summary>
    public bool Notifications { get; set; } = true;

    /// <summary>
    /// Whether statements are prepared on the server, which saves parsing; true by default. Turn it off behind a PgBouncer older than 1.21
    /// in transaction mode. Appends are planned once in either case, because they are functions of the schema.
    /// </summary>
    public bool PreparedStatements { get; set; } = true;
}
