using System.Diagnostics;
using Npgsql;

namespace EventStore.EF.PostgreSQL.Append;

/// <summary>
/// Queues this process's writes that wait for locks of other transactions. Each needs a connection while it waits, so only a third of the
/// pool waits at a time; the others wait here, in order, without a connection.
/// </summary>
/// <remarks><code>
///   write ──▶ tried briefly ──▶ done
///                 │ locked
///                 ▼
///             waits for its turn ──▶ waits at the server, for a second ──▶ done
///                 ▲                            │ still locked
///                 └────────────────────────────┘ until Command Timeout
/// </code>
/// A turn is short, so that long-held locks don't block writes whose own lock is free.
/// </remarks>
internal sealed class LockQueue : IDisposable
{
    private static readonly TimeSpan Turn = TimeSpan.FromSeconds(1);

    private readonly SemaphoreSlim _turns;
    private readonly BlockerSearch _blockers;

    /// <param name="limit">How many writes wait at the server at a time.</param>
    /// <param name="blockers">Finds the holders of a lock.</param>
    public LockQueue(int limit, BlockerSearch blockers)
    {
        _turns = new(limit);
        _blockers = blockers;
    }

    /// <summary>Runs a write that may wait for locks.</summary>
    /// <param name="write">Waits for each lock at most as long as it is told, then fails with 55P03. It may run more than once.</param>
    /// <param name="streams">The streams it writes to.</param>
    /// <param name="ct">Cancels the write, even while it waits.</param>
    /// <exception cref="LockTimeoutException">A lock was held for longer than the connection's Command Timeout.</exception>
    public async Task<T> RunAsync<T>(
        Func<LockWait, CancellationToken, Task<T>> write, IReadOnlyList<StreamName> streams, CancellationToken ct)
    {
        var began = Stopwatch.GetTimestamp();
        try
        {
            return await write(LockWait.Moment, ct).ConfigureAwait(false);
        }
        catch (PostgresException exception) when (exception.SqlState is PostgresErrorCodes.LockNotAvailable)
        {
        }

        return await WaitAsync(write, streams, began, ct).ConfigureAwait(false);
    }

    /// <summary>Does the same for a write that has already been tried.</summary>
    public async Task<T> WaitAsync<T>(
        Func<LockWait, CancellationToken, Task<T>> write, IReadOnlyList<StreamName> streams, long began, CancellationToken ct)
    {
        TimeSpan? patience = null;
        PostgresException? locked = null;
        while (true)
        {
            var left = patience - Stopwatch.GetElapsedTime(began);
            if (left <= TimeSpan.Zero || !await _turns.WaitAsync(left ?? Timeout.InfiniteTimeSpan, ct).ConfigureAwait(false))
                throw await _blockers.TimeoutAsync(streams, Stopwatch.GetElapsedTime(began), locked, ct).ConfigureAwait(false);

            try
            {
                patience ??= await _blockers.PatienceAsync(ct).ConfigureAwait(false);
                left = patience - Stopwatch.GetElapsedTime(began);
                return await write(LockWait.Of(left > Turn ? Turn : left.Value), ct).ConfigureAwait(false);
            }
            catch (PostgresException exception) when (exception.SqlState is PostgresErrorCodes.LockNotAvailable)
            {
                locked = exception;
            }
            finally
            {
                _turns.Release();
            }
        }
    }

    /// <summary>
    /// Finds out whether a statement in the caller's transaction that reached its Command Timeout was waiting for a lock.
    /// </summary>
    /// <exception cref="LockTimeoutException">It was.</exception>
    public async Task ThrowIfLockedAsync(
        NpgsqlConnection connection, IReadOnlyList<StreamName> streams, Exception exception, CancellationToken ct)
    {
        var waited = TimeSpan.FromSeconds(connection.CommandTimeout);
        var holders = await _blockers.FindAsync(connection, streams, waited, isSure: false, ct).ConfigureAwait(false);
        if (holders.Count > 0)
            throw new LockTimeoutException(streams[0], waited, holders, exception);
    }

    public void Dispose() => _turns.Dispose();
}
