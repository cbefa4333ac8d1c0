using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace EventStore.EF.Sqlite;

/// <summary>SQLITE_BUSY after a wait of the store's own. Becomes <see cref="LockTimeoutException"/>.</summary>
internal sealed class WriteLockTimeoutException(string path, TimeSpan waited)
    : SqliteException($"Another connection held the write lock of '{path}' for {waited}.", raw.SQLITE_BUSY)
{
    /// <summary>How long the lock was waited for.</summary>
    public TimeSpan Waited => waited;
}
