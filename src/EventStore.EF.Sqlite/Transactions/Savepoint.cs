using Microsoft.Data.Sqlite;

namespace EventStore.EF.Sqlite;

/// <summary>
/// A part of a transaction of the caller's that has the write lock: it is kept as a whole, or undone as a whole, and the transaction goes on.
/// </summary>
internal sealed class Savepoint : IDisposable
{
    private const string Name = "eventstore_write";

    private bool _isOver;

    private Savepoint(SqliteConnection connection) => Connection = connection;

    public SqliteConnection Connection { get; }

    /// <param name="transaction">The caller's.</param>
    /// <param name="lockStatement">
    /// Takes the write lock, so that whatever is looked at from here on is the file's newest state: a deferred transaction may look at an
    /// earlier one, and then can't write any more (BUSY_SNAPSHOT).
    /// </param>
    /// <param name="ct">Cancels the waiting for the lock.</param>
    public static async ValueTask<Savepoint> SetAsync(SqliteTransaction transaction, string lockStatement, CancellationToken ct)
    {
        ct.ThrowIfCancellationRequested();
        var connection = (SqliteConnection)TransactionRules.OpenConnection(transaction);

        // Outside a transaction a savepoint would begin one of its own, and releasing it commit.
        if (!connection.IsInTransaction())
            throw new InvalidOperationException("The transaction given to WithTransaction is over: SQLite has rolled it back.");

        connection.Execute("SAVEPOINT " + Name);
        var savepoint = new Savepoint(connection);
        try
        {
            // As long as the caller's own commands would wait.
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

    /// <summary>What was done stays, and becomes permanent with the caller's commit.</summary>
    public void Keep()
    {
        _isOver = true;
        Connection.Execute("RELEASE " + Name);
    }

    /// <summary>Undoes what was done.</summary>
    public void RollBack()
    {
        if (_isOver)
            return;

        _isOver = true;

        // On a full disk, for one, SQLite itself rolls the whole transaction back; there is no savepoint then.
        if (Connection.IsInTransaction())
            Connection.Execute($"ROLLBACK TO {Name}; RELEASE {Name}");
    }

    public void Dispose() => RollBack();
}
