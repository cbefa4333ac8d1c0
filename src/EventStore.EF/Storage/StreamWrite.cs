using System.Data.Common;
using Microsoft.EntityFrameworkCore;

namespace EventStore.EF.Storage;

/// <summary>
/// Writes to a stream, or beside it, by the store's statements: inside the caller's transaction, which is unchanged if the write fails, or
/// in the store's own, where it waits for locks in turns.
/// </summary>
internal static class StreamWrite
{
    /// <param name="storage">The storage.</param>
    /// <param name="contexts">Creates contexts of the store.</param>
    /// <param name="callers">The caller's transaction, or null for the store's own.</param>
    /// <param name="stream">The stream.</param>
    /// <param name="write">The write. It may run more than once, but only once inside the caller's transaction.</param>
    /// <param name="ct">Cancels it.</param>
    public static Task<T> RunAsync<T>(
        IStorage storage, IDbContextFactory<EventStoreDbContext> contexts, DbTransaction? callers, StreamName stream,
        Func<StoreConnection, CancellationToken, Task<T>> write, CancellationToken ct)
    {
        return callers is null
            ? storage.WaitForLocksAsync(stream, RunOwnAsync, ct)
            : storage.InCallersAsync(callers, stream, RunHereAsync, ct);

        async Task<T> RunOwnAsync(Func<DbConnection, CancellationToken, Task>? limitWaits, CancellationToken token)
        {
            if (limitWaits is null)
                return await RunHereAsync(token).ConfigureAwait(false);

            await using var connection = await StoreConnection.OpenAsync(contexts, token).ConfigureAwait(false);
            await using var own = await connection.Connection.BeginTransactionAsync(token).ConfigureAwait(false);
            await limitWaits(connection.Connection, token).ConfigureAwait(false);
            var result = await write(connection, token).ConfigureAwait(false);
            await own.CommitAsync(token).ConfigureAwait(false);
            return result;
        }

        async Task<T> RunHereAsync(CancellationToken token)
        {
            await storage.WaitForWriteLockAsync(callers, token).ConfigureAwait(false);
            await using var connection = await StoreConnection.OpenAsync(contexts, callers, token).ConfigureAwait(false);
            return await write(connection, token).ConfigureAwait(false);
        }
    }
}
