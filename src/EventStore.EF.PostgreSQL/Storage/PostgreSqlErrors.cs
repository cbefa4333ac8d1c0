using System.Net.Sockets;
using Npgsql;

namespace EventStore.EF.PostgreSQL;

/// <summary>Tells PostgreSQL's errors apart, by SQLSTATE and constraint, never by text.</summary>
internal static class PostgreSqlErrors
{
    private const string UniqueEventId = "ux_eventstore_events_event_id";
    private const string UniqueStreamVersion = "ux_eventstore_events_stream_version";
    private const string UniqueLink = "ux_eventstore_stream_links_position";
    private const string UniqueLinkNumber = "pk_eventstore_stream_links";
    private const string LinkedEvent = "fk_eventstore_stream_links_event";

    /// <summary>
    /// Whether a write was turned down by what stands in the store already, so that looking there tells why. Serialization failures
    /// and deadlocks count too: the server undid the write, and it may be tried again.
    /// </summary>
    public static bool IsRefusedWrite(PostgresException exception) => IsRefusedByContent(exception) || IsConflict(exception.SqlState);

    /// <summary>The same, where the write can't be tried again by itself: inside the caller's transaction.</summary>
    public static bool IsRefusedByContent(PostgresException exception) => exception.SqlState switch
    {
        PostgresErrorCodes.UniqueViolation => exception.ConstraintName is UniqueEventId or UniqueStreamVersion or UniqueLink or UniqueLinkNumber,
        PostgresErrorCodes.ForeignKeyViolation => exception.ConstraintName is LinkedEvent,
        _ => false,
    };

    /// <summary>
    /// Whether the statement was refused for its data or for somebody's lock, and the server is as ready for the next one as before.
    /// </summary>
    public static bool IsAboutData(Exception exception)
        => exception is PostgresException { SqlState: var state }
        && (IsConflict(state) || state is PostgresErrorCodes.LockNotAvailable
            || state.StartsWith("22", StringComparison.Ordinal) || state.StartsWith("23", StringComparison.Ordinal));

    /// <summary>
    /// Whether a connection broke, or couldn't be made: only then may the server have crashed, or another one have taken its place. Whatever
    /// a living server refuses or ends, somebody else's cancelled, conflicting or slow statements above all, tells nothing about that; nor does
    /// a time-out of this side's, after which the next answer names the server.
    /// </summary>
    public static bool IsBrokenConnection(Exception exception)
    {
        for (var current = exception; current is not null; current = current.InnerException)
        {
            if (current is PostgresException { SqlState: var state })
                return state.StartsWith("08", StringComparison.Ordinal) || state is PostgresErrorCodes.AdminShutdown or PostgresErrorCodes.CrashShutdown
                    or PostgresErrorCodes.CannotConnectNow or PostgresErrorCodes.DatabaseDropped or PostgresErrorCodes.IdleSessionTimeout;
            if (current is IOException or SocketException)
                return true;
        }

        return false;
    }

    private static bool IsConflict(string sqlState)
        => sqlState is PostgresErrorCodes.SerializationFailure or PostgresErrorCodes.DeadlockDetected;

    public static StorageFailure Classify(Exception exception)
    {
        // EF Core wraps what its execution strategy saw.
        for (var current = exception; current is not null; current = current.InnerException)
        {
            if (current is PostgresException postgres)
                return IsMadeAtOnce(postgres) ? StorageFailure.Unavailable : Classify(postgres.SqlState);
            if (current is NpgsqlException or OtherServerException)
                return StorageFailure.Unavailable;
        }

        return StorageFailure.None;
    }

    public static DriverTrouble TroubleOf(Exception exception)
    {
        for (var current = exception; current is not null; current = current.InnerException)
        {
            switch (current)
            {
                case NpgsqlOperationInProgressException:
                    return DriverTrouble.Misuse;
                case OtherServerException:
                    return DriverTrouble.Server;
                case PostgresException { SqlState: PostgresErrorCodes.ReadOnlySqlTransaction }:
                    return DriverTrouble.Server;
                case PostgresException { SqlState: var state }:
                    return state[..2] is "53" or "58" ? DriverTrouble.Server : DriverTrouble.Unclear;
            }
        }

        return DriverTrouble.Unclear;
    }

    /// <summary>
    /// Whether two that migrate at their start have made the database, its schema or the table of migrations at once: CREATE … IF NOT EXISTS looks
    /// before it writes, and then finds the name in the server's own catalog. At the next try it is there.
    /// </summary>
    private static bool IsMadeAtOnce(PostgresException exception)
        => exception.SqlState is PostgresErrorCodes.DuplicateDatabase or PostgresErrorCodes.DuplicateSchema or PostgresErrorCodes.DuplicateTable
            || exception is { SqlState: PostgresErrorCodes.UniqueViolation, SchemaName: "pg_catalog" };

    private static StorageFailure Classify(string sqlState) => sqlState switch
    {
        PostgresErrorCodes.InvalidPassword or PostgresErrorCodes.InvalidAuthorizationSpecification or PostgresErrorCodes.InvalidCatalogName
            or PostgresErrorCodes.InsufficientPrivilege
            => StorageFailure.Refused,
        PostgresErrorCodes.UndefinedTable or PostgresErrorCodes.UndefinedFunction or PostgresErrorCodes.InvalidSchemaName
            => StorageFailure.SchemaMissing,
        PostgresErrorCodes.ReadOnlySqlTransaction or PostgresErrorCodes.StatementCompletionUnknown => StorageFailure.Unavailable,
        PostgresErrorCodes.LockNotAvailable => StorageFailure.Locked,
        _ when IsConflict(sqlState) => StorageFailure.Conflict,
        _ => IsServersTrouble(sqlState) ? StorageFailure.Unavailable : StorageFailure.None,
    };

    /// <summary>
    /// Broken connections; a full disk, no memory, too many connections; an administrator or a time-out that ended the statement or the
    /// session; the system's own errors. All of it may be over at the next try.
    /// </summary>
    private static bool IsServersTrouble(string sqlState) => sqlState[..2] is "08" or "53" or "57" or "58";
}
