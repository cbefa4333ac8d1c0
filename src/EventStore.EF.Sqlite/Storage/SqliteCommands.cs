using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace EventStore.EF.Sqlite;

/// <summary>Statements without parameters or rows, past Microsoft.Data.Sqlite's commands, which wait for locks by blocking the thread.</summary>
internal static class SqliteCommands
{
    public static void Execute(this SqliteConnection connection, string sql)
        => SqliteException.ThrowExceptionForRC(raw.sqlite3_exec(connection.Handle, sql), connection.Handle);

    /// <summary>Returns false when another connection holds the lock that the statement needs.</summary>
    public static bool TryExecute(this SqliteConnection connection, string sql)
    {
        var code = raw.sqlite3_exec(connection.Handle, sql);
        if ((code & 0xFF) == raw.SQLITE_BUSY)
            return false;

        SqliteException.ThrowExceptionForRC(code, connection.Handle);
        return true;
    }

    public static bool IsInTransaction(this SqliteConnection connection) => raw.sqlite3_get_autocommit(connection.Handle) == 0;
}
