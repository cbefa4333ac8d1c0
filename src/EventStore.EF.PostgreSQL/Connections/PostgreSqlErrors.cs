using System.Net.Sockets;
using EventStore.EF.Storage;
using EventStore.EF.Subscriptions.Leases;
using Npgsql;

namespace EventStore.EF.PostgreSQL.Connections;

/// <summary>Classifies PostgreSQL's errors by SQLSTATE and constraint name, never by message.</summary>
internal static class PostgreSqlErrors
{
    private const string UniqueEventId = "ux_eventstore_events_event_id";
    private const string UniqueStreamVersion = "ux_eventstore_events_stream_version";
    private const string UniqueLink = "ux_eventstore_stream_links_position";
    private const string UniqueLinkNumber = "pk_eventstore_stream_links";
    private const string LinkedEvent = "fk_eventstore_stream_links_event";
    private const string UniquePosition = "pk_eventstore_events";

    /// <summary>
    /// Whether a write was refused because of the store's content, so that the inspection finds the reason. Serialization failures and
    /// deadlocks count too: the server undid the write, and it may be tried again.
    /// </summary>
    public static bool IsRefusedWrite(PostgresException exception) => IsRefusedByContent(exception) || IsConflict(exception.SqlState);

    /// <summary>The same for a write that can't be tried again by itself, because it is inside the caller's transaction.</summary>
    public static bool IsRefusedByContent(PostgresException exception) => exception.SqlState switch
    {
        PostgresErrorCodes.UniqueViolation
            => exception.ConstraintName is UniqueEventId or UniqueStreamVersion or UniqueLink or UniqueLinkNumber,
        PostgresErrorCodes.ForeignKeyViolation => exception.ConstraintName is LinkedEvent,
        _ => false,
    };

    /// <summary>Whether a write failed because its position is taken: the sequence is behind the table.</summary>
    public static bool IsPositionTaken(Exception exception)
        => exception is PostgresException { SqlState: PostgresErrorCodes.UniqueViolation, ConstraintName: UniquePosition };

    /// <summary>Whether the statement was refused for its data or for a lock, and the server is still ready for the next one.</summary>
    public static bool IsAboutData(Exception exception)
        => exception is PostgresException { SqlState: var state }
        && (IsConflict(state) || state is PostgresErrorCodes.LockNotAvailable
            || state.StartsWith("22", StringComparison.Ordinal) || state.StartsWith("23", StringComparison.Ordinal));

    /// <summary>
    /// Whether a connection broke, or couldn't be opened: only then may the server have crashed, or another one have taken over. Anything
    /// that a living server refuses or ends, such as cancelled, conflicting or slow statements, says nothing about that; nor does a
    /// time-out on this side, after which the next answer names the server. Files and sockets of the application break too: only what the
    /// driver reports is about the server.
    /// </summary>
    public static bool IsBrokenConnection(Exception exception)
    {
        var isDrivers = false;
        for (var current = exception; current is not null; current = current.InnerException)
        {
            isDrivers |= current is NpgsqlException;
            if (current is PostgresException { SqlState: var state })
                return state.StartsWith("08", StringComparison.Ordinal)
                    || state is PostgresErrorCodes.AdminShutdown or PostgresErrorCodes.CrashShutdown or PostgresErrorCodes.CannotConnectNow
                        or PostgresErrorCodes.DatabaseDropped or PostgresErrorCodes.IdleSessionTimeout;
            if (isDrivers && current is (IOException or SocketException))
                return true;
        }

        return false;
    }

    private static bool IsConflict(string sqlState)
        => sqlState is PostgresErrorCodes.SerializationFailure or PostgresErrorCodes.DeadlockDetected;

    public static StorageFailure Classify(Exception exception)
    {
        // EF Core wraps the exceptions that its execution strategy saw.
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
    /// Whether two processes that migrate at their start created the database, its schema or the migrations table at the same time: CREATE
    /// … IF NOT EXISTS looks before it writes, and then finds the name in the server's catalog. At the next try it exists.
    /// </summary>
    private static bool IsMadeAtOnce(PostgresException exception)
        => exception.SqlState is PostgresErrorCodes.DuplicateDatabase or PostgresErrorCodes.DuplicateSchema
                or PostgresErrorCodes.DuplicateTable
            || exception is { SqlState: PostgresErrorCodes.UniqueViolation, SchemaName: "pg_catalog" };

    private static StorageFailure Classify(string sqlState) => sqlState switch
    {
        PostgresErrorCodes.InvalidPassword or PostgresErrorCodes.InvalidAuthorizationSpecification or PostgresErrorCodes.InvalidCatalogName
            or PostgresErrorCodes.InsufficientPrivilege or PostgresErrorCodes.InFailedSqlTransaction
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
    /// session; errors of the operating system. All of them may be over at the next try.
    /// </summary>
    private static bool IsServersTrouble(string sqlState) => sqlState[..2] is "08" or "53" or "57" or "58";
}
