using Microsoft.Data.Sqlite;

namespace EventStore.EF.Sqlite;

/// <summary>What a connection string must be for a store, checked before anything is opened.</summary>
internal static class SqliteConnectionRules
{
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
            throw new ArgumentException($"The connection string for SQLite is malformed: {exception.Message} {Example}", nameof(connectionString), exception);
        }

        if (string.IsNullOrWhiteSpace(parsed.DataSource))
            throw new ArgumentException($"The connection string for SQLite has no Data Source. {Example}", nameof(connectionString));

        if (IsInMemory(parsed))
        {
            throw new ArgumentException(
                $"The connection string for SQLite names a database in memory, '{parsed.DataSource}': each connection would see one of its own, and the events would be lost with the process. {Example} In tests, use a file in the temporary folder.", nameof(connectionString));
        }

        if (parsed.Cache == SqliteCacheMode.Shared || Asks(parsed, "cache=shared"))
        {
            throw new ArgumentException(
                "The connection string for SQLite asks for a shared cache (Cache=Shared): readers and the writer of one process would lock each other " +
                "out, and other processes' appends would go unnoticed. Leave it out; write-ahead logging lets them work side by side.",
                nameof(connectionString));
        }

        if (parsed.Mode == SqliteOpenMode.ReadOnly || Asks(parsed, "mode=ro") || Asks(parsed, "immutable=1"))
        {
            throw new ArgumentException(
                "The connection string for SQLite opens the file read-only, and the event store writes to it. Leave Mode out. To look at " +
                "the file only, use the sqlite3 shell, or a context of your own.", nameof(connectionString));
        }

        if (parsed.ForeignKeys == false)
        {
            throw new ArgumentException(
                "The connection string for SQLite says Foreign Keys=False: what belongs to removed streams and subscriptions would stay " +
                "behind. Leave it out.", nameof(connectionString));
        }

        return parsed;
    }

    /// <summary>Whether the file is given as a URI with this parameter.</summary>
    private static bool Asks(SqliteConnectionStringBuilder parsed, string parameter)
        => parsed.DataSource.StartsWith("file:", StringComparison.OrdinalIgnoreCase)
        && parsed.DataSource.Split('?', '&').Skip(1).Contains(parameter, StringComparer.OrdinalIgnoreCase);

    private static bool IsInMemory(SqliteConnectionStringBuilder parsed)
        => parsed.Mode == SqliteOpenMode.Memory
        || parsed.DataSource.Contains(":memory:", StringComparison.OrdinalIgnoreCase)
        || (parsed.DataSource.StartsWith("file:", StringComparison.OrdinalIgnoreCase)
            && (parsed.DataSource.Contains("mode=memory", StringComparison.OrdinalIgnoreCase) || parsed.DataSource.Contains("vfs=memdb", StringComparison.OrdinalIgnoreCase)))
        || string.Equals(parsed.Vfs, "memdb", StringComparison.OrdinalIgnoreCase);
}
