using Npgsql;

namespace EventStore.EF.PostgreSQL;

/// <summary>Tells PostgreSQL's errors apart, by SQLSTATE and constraint, never by text.</summary>
internal static class PostgreSqlErrors
{
    private const string UniqueEventId = "ux_eventstore_events_event_id";
    private const string UniqueStreamVersion = "ux_eventstore_events_stream_version";

    /// <summary>
    /// Whether an append was turned down by what stands in the store already, so that looking there tells why. Serialization failures
    /// and deadlocks count too: the server undid the append, and it may be tried again.
    /// </summary>
    public static bool IsRefusedAppend(PostgresException exception) => exception.SqlState switch
    {
        PostgresErrorCodes.UniqueViolation => exception.ConstraintName is UniqueEventId or UniqueStreamVersion,
        PostgresErrorCodes.SerializationFailure or PostgresErrorCodes.DeadlockDetected => true,
        _ => false,
    };

    public static StorageFailure Classify(Exception exception)
    {
        // EF Core wraps what its execution strategy saw.
        for (var current = exception; current is not null; current = current.InnerException)
        {
            if (current is PostgresException postgres)
                return Classify(postgres.SqlState);
            if (current is NpgsqlException)
                return StorageFailure.Unavailable;
        }

        return StorageFailure.None;
    }

    private static StorageFailure Classify(string sqlState) => sqlState switch
    {
        PostgresErrorCodes.InvalidPassword or PostgresErrorCodes.InvalidAuthorizationSpecification or PostgresErrorCodes.InvalidCatalogName
            => StorageFailure.Refused,
        PostgresErrorCodes.UndefinedTable or PostgresErrorCodes.UndefinedFunction or PostgresErrorCodes.InvalidSchemaName
            => StorageFailure.SchemaMissing,
        PostgresErrorCodes.AdminShutdown or PostgresErrorCodes.CrashShutdown or PostgresErrorCodes.CannotConnectNow
            or PostgresErrorCodes.TooManyConnections or PostgresErrorCodes.ReadOnlySqlTransaction
            => StorageFailure.Unavailable,
        _ => sqlState.StartsWith("08", StringComparison.Ordinal) ? StorageFailure.Unavailable : StorageFailure.None,
    };
}
