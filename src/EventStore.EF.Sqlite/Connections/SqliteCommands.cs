using System.Diagnostics;
using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace EventStore.EF.Sqlite.Connections;

/// <summary>
/// Runs statements without parameters or rows. It bypasses Microsoft.Data.Sqlite's commands, which wait for locks by blocking the thread.
/// </summary>
internal static class SqliteCommands
{
    public static void Execute(this SqliteConnection connection, string sql)
        => SqliteException.ThrowExceptionForRC(raw.sqlite3_exec(connection.Handle, sql), connection.Handle);

    /// <summary>Runs a statement as soon as the lock that it needs is free, trying every millisecond without holding a thread.</summary>
    /// <returns>False if it was given up.</returns>
    /// <param name="connection">The connection to run it on.</param>
    /// <param name="sql">The statement.</param>
    /// <param name="timeout">The longest wait.</param>
    /// <param name="isWanted">Called while waiting; false gives the statement up.</param>
    /// <exception cref="WriteLockTimeoutException">The lock was not free in time.</exception>
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

    /// <summary>Does the same without a time limit.</summary>
    /// <returns>False if it was given up.</returns>
    /// <param name="connection">The connection to run it on.</param>
    /// <param name="sql">The statement.</param>
    /// <param name="isWanted">Called while waiting; false gives the statement up.</param>
    /// <exception cref="SqliteException">The statement failed.</exception>
    public static async ValueTask<bool> ExecuteWhenFreeAsync(this SqliteConnection connection, string sql, Func<bool> isWanted)
    {
        while (!connection.TryExecute(sql))
        {
            if (!isWanted())
                return false;

            // The system's clock on purpose: another process's lock doesn't follow a test's clock.
            await Task.Delay(TimeSpan.FromMilliseconds(1), TimeProvider.System).ConfigureAwait(false);
        }

        return true;
    }

    public static bool IsInTransaction(this SqliteConnection connection) => raw.sqlite3_get_autocommit(connection.Handle) == 0;

    /// <summary>
    /// Runs the statement; false if another connection has the lock. Throws if the transaction sees an earlier state, because waiting would
    /// not help.
    /// </summary>
    private static bool TryExecute(this SqliteConnection connection, string sql)
    {
        var code = raw.sqlite3_exec(connection.Handle, sql);
        if (code == raw.SQLITE_BUSY && raw.sqlite3_extended_errcode(connection.Handle) != raw.SQLITE_BUSY_SNAPSHOT)
            return false;

        SqliteException.ThrowExceptionForRC(code, connection.Handle);
        return true;
    }
}
