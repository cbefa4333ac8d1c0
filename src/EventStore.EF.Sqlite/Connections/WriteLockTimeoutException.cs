using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace EventStore.EF.Sqlite.Connections;

/// <summary>SQLITE_BUSY after the store itself waited. Becomes <see cref="LockTimeoutException"/>.</summary>
internal sealed class WriteLockTimeoutException(string path, TimeSpan waited)
    : SqliteException($"Another connection held the write lock of '{path}' for {waited}.", raw.SQLITE_BUSY)
{
    /// <summary>The time for which the store waited for the lock.</summary>
    public TimeSpan Waited => waited;
}
