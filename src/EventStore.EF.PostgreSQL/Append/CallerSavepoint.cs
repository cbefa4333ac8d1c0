using System.Data;
using EventStore.EF.Storage;
using Npgsql;

namespace EventStore.EF.PostgreSQL.Append;

/// <summary>
/// Writes inside the caller's transaction, behind a savepoint. A write that fails, is cancelled or waits too long for a lock leaves the
/// transaction as it was, and rolling back also releases its locks, so that it doesn't delay readers until the transaction ends.
/// </summary>
internal sealed class CallerSavepoint(LockQueue locks)
{
    private const string Name = "eventstore_write";

    /// <summary>Writes; what the caller of this method doesn't keep is undone.</summary>
    /// <param name="transaction">The caller's transaction.</param>
    /// <param name="streams">The streams that the write may wait for.</param>
    /// <param name="write">The write.</param>
    /// <param name="isKept">Whether its result is kept.</param>
    /// <param name="ct">Cancels it.</param>
    /// <exception cref="InvalidOperationException">The caller's transaction has ended.</exception>
    /// <exception cref="LockTimeoutException">Another transaction holds one of the streams.</exception>
    public async Task<T> RunAsync<T>(
        NpgsqlTransaction transaction, IReadOnlyList<StreamName> streams, Func<CancellationToken, Task<T>> write, Func<T, bool> isKept,
        CancellationToken ct)
    {
        var connection = (NpgsqlConnection)TransactionRules.OpenConnection(transaction);
        await transaction.SaveAsync(Name, ct).ConfigureAwait(false);
        T result;
        try
        {
            result = await write(ct).ConfigureAwait(false);
        }
        catch (Exception exception) when (IsUndone(exception, connection))
        {
            // Even if the caller's token is cancelled, or the time is up, the transaction is left unchanged.
            await transaction.RollbackAsync(Name, CancellationToken.None).ConfigureAwait(false);
            await transaction.ReleaseAsync(Name, CancellationToken.None).ConfigureAwait(false);
            if (exception.InnerException is TimeoutException && !ct.IsCancellationRequested)
                await locks.ThrowIfLockedAsync(connection, streams, exception, ct).ConfigureAwait(false);

            throw;
        }

        if (!isKept(result))
            await transaction.RollbackAsync(Name, CancellationToken.None).ConfigureAwait(false);

        await transaction.ReleaseAsync(Name, CancellationToken.None).ConfigureAwait(false);
        return result;
    }

    /// <summary>Whether the server reported that the statement failed, and is ready for the next one.</summary>
    private static bool IsUndone(Exception exception, NpgsqlConnection connection)
        => exception is NpgsqlException or OperationCanceledException && connection.State is ConnectionState.Open;
}
