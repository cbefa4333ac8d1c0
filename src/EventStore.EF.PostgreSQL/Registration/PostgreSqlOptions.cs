namespace EventStore.EF;

/// <summary>What can be chosen about PostgreSQL.</summary>
public sealed class PostgreSqlOptions
{
    /// <summary>
    /// Whether other processes are told of appends by LISTEN/NOTIFY; true by default. Turn it off behind a PgBouncer in transaction
    /// mode: other processes then find new events by polling, every <see cref="EventStoreOptions.PollingInterval"/>.
    /// </summary>
    public bool Notifications { get; set; } = true;

    /// <summary>
    /// Whether statements are prepared on the server, which saves parsing; true by default. Turn it off behind a PgBouncer older
    /// than 1.21 in transaction mode. The append is planned once in either case: it is a function of the schema.
    /// </summary>
    public bool PreparedStatements { get; set; } = true;
}
