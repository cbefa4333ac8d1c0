using Npgsql;

namespace EventStore.EF.PostgreSQL.StartChecks;

/// <summary>Refuses a PgBouncer in statement mode, which returns a connection after each statement: the store needs transactions.</summary>
internal static class StatementPoolCheck
{
    /// <summary>PgBouncer's message. Its SQLSTATE has other causes too, so the text decides; it has been the same since 2007.</summary>
    private const string Refusal = "statement pooling mode";

    public static bool IsRefusal(PostgresException exception)
        => exception.SqlState is PostgresErrorCodes.ProtocolViolation && exception.MessageText.Contains(Refusal, StringComparison.Ordinal);

    public static InvalidOperationException Refuse(PostgresException exception) => new(
        "The event store's connections pass through a PgBouncer in statement mode, which has no transactions. " +
        "Set pool_mode = transaction (and see PostgreSqlOptions.Notifications), or pool_mode = session.", exception);
}
