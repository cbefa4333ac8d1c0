using System.Diagnostics;
using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace EventStore.EF.Sqlite;

/// <summary>Statements without parameters or rows, past Microsoft.Data.Sqlite's commands, which wait for locks by blocking the thread.</summary>
internal static class SqliteCommands
{
    public static void Execute(this SqliteConnection connection, string sql)
        => SqliteException.ThrowExceptionForRC(raw.sqlite3_exec(connection.Handle, sql), connection.Handle);

    /// <summary>
    /// Runs a statement as soon as nobody else has the lock that it needs, looking every millisecond without holding a thread.
    /// </summary>
    /// <returns>False when it was given up.</returns>
    /// <param name="connection">Where to run it.</param>
    /// <param name="sql">The statement.</param>
    /// <param name="timeout">How long to wait.</param>
    /// <param name="isWanted">Asked while waiting; false gives it up.</param>
    /// <exception cref="WriteLockTimeoutException">The lock was not to be had in time.</exception>
    /// <exception cref="SqliteException">The statement failed.</exception>
    public static ValueTask<bool> ExecuteWhenFreeAsync(this SqliteConnection connection, string sql, TimeSpan timeout, Func<bool> isWanted)
    {
        var since = Stopwatch.GetTimestamp();
        return connection.ExecuteWhenFreeAsync(sql, () =>
        {
            if (!isWanted())
                return false;

            var waited = Stopwatch.GetElapsedTime(since);
            return waited <= timeout ? true : throw new WriteLockTimeoutException(connection.DataSource, waited);
        });
    }

    /// <summary>The same without a limit of its own.</summary>
    /// <returns>False when it was given up.</returns>
    /// <param name="connection">Where to run it.</param>
    /// <param name="sql">The statement.</param>
    /// <param name="isWanted">Asked while waiting; false gives it up.</param>
    /// <exception cref="SqliteException">The statement failed.</exception>
    public static async ValueTask<bool> ExecuteWhenFreeAsync(this SqliteConnection connection, string sql, Func<bool> isWanted)
    {
        while (!connection.TryExecute(sql))
        {
            if (!isWanted())
                return false;

            // The system's clock on purpose: somebody else's lock doesn't wait for a clock made by a test.
            await Task.Delay(TimeSpan.FromMilliseconds(1), TimeProvider.System).ConfigureAwait(false);
        }

        return true;
    }

    public static bool IsInTransaction(this SqliteConnection connection) => raw.sqlite3_get_autocommit(connection.Handle) == 0;

    /// <summary>False when another connection has the lock. Waiting would not help a transaction that looks at an earlier state, so that throws.</summary>
    private static bool TryExecute(this SqliteConnection connection, string sql)
    {
        var code = raw.sqlite3_exec(connection.Handle, sql);
        if (code == raw.SQLITE_BUSY && raw.sqlite3_extended_errcode(connection.Handle) != raw.SQLITE_BUSY_SNAPSHOT)
            return false;

        SqliteException.ThrowExceptionForRC(code, connection.Handle);
        return true;
    }
}
