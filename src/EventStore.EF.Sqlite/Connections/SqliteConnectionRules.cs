using System.Text;
using Microsoft.Data.Sqlite;

namespace EventStore.EF.Sqlite.Connections;

/// <summary>Checks a store's connection string before anything is opened.</summary>
internal static class SqliteConnectionRules
{
    /// <summary>SQLite's limit on Unix is 512 bytes, with the endings of the files beside the database and a terminating zero.</summary>
    private const int LongestPath = 500;

    /// <summary>Of the 255 bytes that file systems allow, the longest ending beside the database takes eight: <c>-journal</c>.</summary>
    private const int LongestName = 247;

    private static readonly HashSet<string> WithoutSharedMemory = ["unix-dotfile", "unix-none", "win32-none"];

    private const string Example = "Name a file, as in \"Data Source=shop.db\".";

    public static SqliteConnectionStringBuilder Parse(string connectionString)
    {
        SqliteConnectionStringBuilder parsed;
        try
        {
            parsed = new(connectionString);
        }
        catch (Exception exception) when (exception is ArgumentException or FormatException or InvalidCastException or OverflowException)
        {
            throw new ArgumentException(
                $"The connection string for SQLite is malformed: {exception.Message} {Example}", nameof(connectionString), exception);
        }

        if (string.IsNullOrWhiteSpace(parsed.DataSource))
            throw new ArgumentException($"The connection string for SQLite has no Data Source. {Example}", nameof(connectionString));

        if (IsInMemory(parsed))
        {
            throw new ArgumentException(
                $"The connection string for SQLite names a database in memory, '{parsed.DataSource}': each connection would have its " +
                $"own, and the events would be lost with the process. {Example} In tests, use a file in the temporary folder.",
                nameof(connectionString));
        }

        if (parsed.Cache == SqliteCacheMode.Shared || Asks(parsed, "cache=shared"))
        {
            throw new ArgumentException(
                "The connection string for SQLite asks for a shared cache (Cache=Shared): readers and the writer in one process would " +
                "lock each other out, and other processes' appends would go unnoticed. Remove it; write-ahead logging lets them work " +
                "concurrently.",
                nameof(connectionString));
        }

        if (parsed.Mode == SqliteOpenMode.ReadOnly || Asks(parsed, "mode=ro") || Asks(parsed, "immutable=1"))
        {
            throw new ArgumentException(
                "The connection string for SQLite opens the file read-only, but the event store writes to it. Remove Mode. To only look " +
                "at the file, use the sqlite3 shell, or a context of your own.", nameof(connectionString));
        }

        if (parsed.ForeignKeys == false)
        {
            throw new ArgumentException(
                "The connection string for SQLite has Foreign Keys=False: rows that belong to removed streams and subscriptions would " +
                "remain. Remove it.", nameof(connectionString));
        }

        if (parsed.Vfs is { } vfs && WithoutSharedMemory.Contains(vfs))
        {
            throw new ArgumentException(
                $"The connection string for SQLite has Vfs={vfs}, which has no memory that processes share; write-ahead logging needs " +
                "it. Remove Vfs.", nameof(connectionString));
        }

        RequireShortPath(DatabasePath.Of(parsed.DataSource).File, nameof(connectionString));
        return parsed;
    }

    /// <summary>SQLite says only that it can't open a file whose path is too long.</summary>
    private static void RequireShortPath(string path, string parameter)
    {
        if (OperatingSystem.IsWindows())
            return;

        var (length, name) = (Encoding.UTF8.GetByteCount(path), Encoding.UTF8.GetByteCount(Path.GetFileName(path)));
        if (length > LongestPath || name > LongestName)
        {
            throw new ArgumentException(
                $"The path of the SQLite database has {length} bytes, and its file name {name}: SQLite takes at most {LongestPath}, of " +
                $"which {LongestName} for the name. Choose a shorter one than '{path}'.", parameter);
        }
    }

    /// <summary>Whether the file is given as a URI with this parameter.</summary>
    private static bool Asks(SqliteConnectionStringBuilder parsed, string parameter)
        => parsed.DataSource.StartsWith("file:", StringComparison.OrdinalIgnoreCase)
        && parsed.DataSource.Split('?', '&').Skip(1).Contains(parameter, StringComparer.OrdinalIgnoreCase);

    private static bool IsInMemory(SqliteConnectionStringBuilder parsed)
        => parsed.Mode == SqliteOpenMode.Memory
        || parsed.DataSource.Contains(":memory:", StringComparison.OrdinalIgnoreCase)
        || (parsed.DataSource.StartsWith("file:", StringComparison.OrdinalIgnoreCase)
            && (parsed.DataSource.Contains("mode=memory", StringComparison.OrdinalIgnoreCase)
                || parsed.DataSource.Contains("vfs=memdb", StringComparison.OrdinalIgnoreCase)))
        || string.Equals(parsed.Vfs, "memdb", StringComparison.OrdinalIgnoreCase);
}
