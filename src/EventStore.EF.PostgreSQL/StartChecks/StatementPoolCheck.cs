using Npgsql;

namespace EventStore.EF.PostgreSQL;

/// <summary>A PgBouncer that gives a connection back after each statement has no transactions, and the store can't do without.</summary>
internal static class StatementPoolCheck
{
    /// <summary>
    /// What PgBouncer says, with this SQLSTATE. The same state has other causes, so the text decides; it has been the same since 2007.
    /// </summary>
    private const string Refusal = "statement pooling mode";

    public static bool IsRefusal(PostgresException exception)
        => exception.SqlState is PostgresErrorCodes.ProtocolViolation && exception.MessageText.Contains(Refusal, StringComparison.Ordinal);

    public static InvalidOperationException Refuse(PostgresException exception) => new(
        "The event store's connections pass through a PgBouncer in statement mode, which has no transactions. " +
        "Set pool_mode = transaction (and see PostgreSqlOptions.Notifications), or pool_mode = session.", exception);
}
