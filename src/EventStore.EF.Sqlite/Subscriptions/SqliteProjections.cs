using System.Globalization;

namespace EventStore.EF.Sqlite;

/// <summary>See <see cref="ProjectionStatements"/> for parameters and guarantees.</summary>
internal static class SqliteProjections
{
    private const string File = "SELECT file FROM pragma_database_list WHERE name = 'main'";

    public static ProjectionStatements Statements(SqliteDatabase database) => new()
    {
        // Without it Microsoft.Data.Sqlite looks for its turn to write every 150 ms only, and the projection falls behind.
        Prepare = string.Create(CultureInfo.InvariantCulture, $"PRAGMA busy_timeout = {database.BusyTimeout.TotalMilliseconds:F0}"),
        Limit = null,
        Written = "SELECT total_changes()",
        Pause = TimeSpan.FromMilliseconds(2),
        HasTable = "SELECT @schema IS @schema AND EXISTS (SELECT 1 FROM sqlite_master WHERE type IN ('table', 'view') AND name = @table COLLATE NOCASE)",
        Mark = File,
        IsMarked = $"SELECT ({File}) = @mark",
    };
}
