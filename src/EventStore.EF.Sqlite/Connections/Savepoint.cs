using EventStore.EF.Storage;
using Microsoft.Data.Sqlite;

namespace EventStore.EF.Sqlite.Connections;

/// <summary>
/// A savepoint in the caller's transaction that holds the write lock. The work inside is kept or undone as a whole, and the transaction
/// continues.
/// </summary>
internal sealed class Savepoint : IDisposable
{
    private const string Name = "eventstore_write";

    private bool _isOver;

    private Savepoint(SqliteConnection connection) => Connection = connection;

    public SqliteConnection Connection { get; }

    /// <param name="transaction">The caller's transaction.</param>
    /// <param name="lockStatement">
    /// Takes the write lock, so that everything read from here on is the file's newest state: a deferred transaction may see an earlier
    /// one, and then can no longer write (BUSY_SNAPSHOT).
    /// </param>
    /// <param name="ct">Cancels the wait for the lock.</param>
    public static async ValueTask<Savepoint> SetAsync(SqliteTransaction transaction, string lockStatement, CancellationToken ct)
    {
        ct.ThrowIfCancellationRequested();
        var connection = (SqliteConnection)TransactionRules.OpenConnection(transaction);

        // Outside a transaction, a savepoint would begin one, and releasing it would commit.
        if (!connection.IsInTransaction())
            throw new InvalidOperationException("The transaction given to WithTransaction is over: SQLite rolled it back.");

        connection.Execute("SAVEPOINT " + Name);
        var savepoint = new Savepoint(connection);
        try
        {
            // Waits as long as the caller's own commands would.
            var timeout = connection.DefaultTimeout is 0 ? TimeSpan.MaxValue : TimeSpan.FromSeconds(connection.DefaultTimeout);
            await connection.ExecuteWhenFreeAsync(lockStatement, timeout, () => !ct.IsCancellationRequested).ConfigureAwait(false);
            ct.ThrowIfCancellationRequested();
            return savepoint;
        }
        catch
        {
            savepoint.Dispose();
            throw;
        }
    }

    /// <summary>Keeps the work, which the caller's commit makes permanent.</summary>
    public void Keep()
    {
        _isOver = true;
        Connection.Execute("RELEASE " + Name);
    }

    /// <summary>Undoes the work.</summary>
    public void RollBack()
    {
        if (_isOver)
            return;

        _isOver = true;

        // On a full disk, for example, SQLite itself rolls back the whole transaction; then there is no savepoint.
        if (Connection.IsInTransaction())
            Connection.Execute($"ROLLBACK TO {Name}; RELEASE {Name}");
    }

    public void Dispose() => RollBack();
}
