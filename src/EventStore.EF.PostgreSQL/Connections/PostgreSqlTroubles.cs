using System.Net.Sockets;
using EventStore.EF.Errors;
using EventStore.EF.Storage;
using Npgsql;

namespace EventStore.EF.PostgreSQL.Connections;

/// <summary>Explains PostgreSQL's and Npgsql's exceptions, and what to do about them.</summary>
internal sealed class PostgreSqlTroubles(PoolNeed pool)
{
    public StorageTrouble Diagnose(Exception exception, StorageFailure failure)
    {
        if (failure is StorageFailure.None)
            return default;

        if (Find(exception, PostgresErrorCodes.InsufficientPrivilege) is { } right)
        {
            return new(
                failure,
                $"A right is missing: {right.MessageText.TrimEnd('.')}. As the owner of the event store's schema, grant it to the role " +
                "that the store connects as; docs/security.md lists the rights of each role.", IsAnswered: true);
        }

        if (Find(exception, PostgresErrorCodes.InFailedSqlTransaction) is { } failed)
        {
            return new(
                failure, $"An earlier statement of the transaction has failed ({Said(failed)}). Roll it back, and repeat all of it.",
                IsAnswered: true);
        }

        // The messages for these are the same for every database.
        if (failure is StorageFailure.Refused or StorageFailure.Locked)
            return new(failure, IsAnswered: true);

        var causes = new List<Exception>();
        for (var cause = exception; cause is not null; cause = cause.InnerException)
            causes.Add(cause);

        if (causes.OfType<PostgresException>().FirstOrDefault() is { } postgres)
            return Diagnose(postgres, failure);

        var isUnsent = WroteNothing.IsMarked(exception);
        var driver = causes.OfType<NpgsqlException>().FirstOrDefault() ?? exception;
        if (causes.OfType<TimeoutException>().Any())
        {
            return isUnsent
                ? new(failure, Unopened(driver), IsAnswered: true, StorageRepetition.Once)
                : new(
                    failure,
                    "The server gave no answer within Command Timeout: it is too slow, or the network is cut.",
                    Repetition: StorageRepetition.Once);
        }

        // A connection that was open breaks with an IOException.
        return new(failure, isUnsent || driver.InnerException is SocketException ? Unreachable(driver, causes) : Broken(causes), isUnsent);
    }

    private static PostgresException? Find(Exception exception, string sqlState)
    {
        for (var cause = exception; cause is not null; cause = cause.InnerException)
        {
            if (cause is PostgresException found && found.SqlState == sqlState)
                return found;
        }

        return null;
    }

    private static StorageTrouble Diagnose(PostgresException exception, StorageFailure failure) => exception.SqlState switch
    {
        PostgresErrorCodes.QueryCanceled => new(
            failure,
            $"The server cancelled the statement ({Said(exception)}): it took longer than statement_timeout allows, or somebody called " +
            "pg_cancel_backend.",
            IsAnswered: true, StorageRepetition.Once),
        PostgresErrorCodes.ReadOnlySqlTransaction => new(
            failure,
            $"The server is read-only ({Said(exception)}): it is a stand-by, or default_transaction_read_only is on. Set " +
            "Target Session Attributes=primary in the connection string.",
            IsAnswered: true),
        PostgresErrorCodes.DiskFull => new(
            failure, $"The server's disk is full ({Said(exception)}): free some space.", IsAnswered(exception)),
        PostgresErrorCodes.TooManyConnections => new(
            failure,
            $"The server has no connection left ({Said(exception)}): raise max_connections or the role's limit, or lower " +
            "Maximum Pool Size in the processes that use it.",
            IsAnswered: true),
        PostgresErrorCodes.CannotConnectNow => new(
            failure, $"The server is starting up or shutting down ({Said(exception)}).", IsAnswered: true),
        PostgresErrorCodes.AdminShutdown or PostgresErrorCodes.CrashShutdown => new(
            failure, $"The server ended the connection ({Said(exception)}): it is shutting down, or an administrator ended the session."),
        var state when state[..2] is "53" => new(failure, $"The server is short of resources ({Said(exception)}).", IsAnswered(exception)),
        _ => new(failure, $"The server is in trouble ({Said(exception)}).", IsAnswered(exception)),
    };

    /// <summary>
    /// Whether the error proves that the statement was undone. An error that ends the session doesn't, because it may come after the
    /// commit; nor does a proxy's error about a connection.
    /// </summary>
    private static bool IsAnswered(PostgresException exception)
        => exception.InvariantSeverity is "ERROR" && exception.SqlState[..2] is not "08"
        && exception.SqlState is not PostgresErrorCodes.StatementCompletionUnknown;

    private static string Said(PostgresException exception) => $"{exception.SqlState}: {exception.MessageText}";

    /// <summary>
    /// The message when no connection was available in time. Npgsql's own words say whether the pool or the server is at fault.
    /// </summary>
    private string Unopened(Exception exception)
        => $"No connection to the event store's database was available within Timeout: {exception.Message.TrimEnd('.')}. {PoolInWords} " +
           $"At most {pool.LockWaiters} of these are held by writes that wait for locks, and the others by running calls. If the pool is " +
           "exhausted, raise Maximum Pool Size, or run fewer calls concurrently; otherwise check that the server is running.";

    private string PoolInWords => pool.IsShared
        ? $"Maximum Pool Size of the data source is {pool.PoolSize}, and the application uses it too."
        : $"Maximum Pool Size of the store's own pool is {pool.PoolSize}.";

    private static string Unreachable(Exception exception, List<Exception> causes)
        => causes.OfType<SocketException>().FirstOrDefault() is { } socket
            ? $"The event store's database can't be reached, {StorageTrouble.Attempts}: {exception.Message.TrimEnd('.')}: " +
              $"{socket.Message.TrimEnd('.')}. Check that it is running, and host and port in the connection string."
            : $"The event store's database can't be reached, {StorageTrouble.Attempts}: {causes[0].Message.TrimEnd('.')}: " +
              $"{causes[^1].Message.TrimEnd('.')}. Check that it is running, and the connection string.";

    private static string Broken(List<Exception> causes)
        => $"The connection to the event store's server broke: {causes[^1].Message.TrimEnd('.')}.";
}
