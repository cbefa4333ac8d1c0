using EventStore.EF.Sqlite.Schema;
using EventStore.EF.Storage;
using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace EventStore.EF.Sqlite.Connections;

/// <summary>Classifies exceptions by SQLite's result code and, where that says nothing, by looking at the file; never by message.</summary>
internal sealed class SqliteErrors(SqliteDatabase database, SchemaName schema)
{
    private readonly string _countTables =
        $"""
        SELECT count(*) FROM sqlite_master
        WHERE type = 'table' AND name IN ({string.Join(", ", SqliteNames.Tables.Select(table => schema.Value + "_" + table).Select(Text))})
        """;

    public StorageFailure Classify(Exception exception)
    {
        for (var inner = exception; inner is not null; inner = inner.InnerException)
        {
            if (inner is SqliteException sqlite)
                return Classify(sqlite);
            if (inner is DatabaseFileException file)
                return file.IsExchanged ? StorageFailure.Unavailable : StorageFailure.Refused;
        }

        return StorageFailure.None;
    }

    public static DriverTrouble TroubleOf(Exception exception)
    {
        for (var inner = exception; inner is not null; inner = inner.InnerException)
        {
            if (inner is DatabaseFileException
                or SqliteException { SqliteErrorCode: raw.SQLITE_FULL or raw.SQLITE_IOERR or raw.SQLITE_NOMEM })
                return DriverTrouble.Server;
        }

        return DriverTrouble.Unclear;
    }

    private StorageFailure Classify(SqliteException exception) => exception.SqliteErrorCode switch
    {
        // A transaction that sees an earlier state tries to write.
        raw.SQLITE_BUSY when exception.SqliteExtendedErrorCode == raw.SQLITE_BUSY_SNAPSHOT => StorageFailure.Conflict,
        raw.SQLITE_BUSY or raw.SQLITE_LOCKED or raw.SQLITE_PROTOCOL => StorageFailure.Unavailable,
        // A full disk shows as FULL or, where one of the log's files can't grow, as IOERR. There may be room at the next try.
        raw.SQLITE_FULL or raw.SQLITE_IOERR or raw.SQLITE_NOMEM => StorageFailure.Unavailable,
        raw.SQLITE_CANTOPEN => CanBeCreated() && !database.IsGone ? StorageFailure.SchemaMissing : StorageFailure.Refused,
        raw.SQLITE_PERM or raw.SQLITE_AUTH or raw.SQLITE_NOTADB or raw.SQLITE_CORRUPT or raw.SQLITE_READONLY => StorageFailure.Refused,
        // "no such table" has no code of its own.
        raw.SQLITE_ERROR when IsTableMissing() => StorageFailure.SchemaMissing,
        _ => StorageFailure.None,
    };

    /// <summary>Whether only the file is missing, which migrations would create.</summary>
    private bool CanBeCreated()
        => database.CreatesFile && !File.Exists(database.Path) && !Directory.Exists(database.Path)
        && Directory.Exists(Path.GetDirectoryName(database.Path));

    private bool IsTableMissing()
    {
        try
        {
            using var connection = database.Open();
            using var command = connection.Command(_countTables);
            return (long)command.ExecuteScalar()! < SqliteNames.Tables.Count;
        }
        catch (SqliteException)
        {
            return false;
        }
    }

    /// <summary>A name as an SQL string; the rules for schema names exclude quotes.</summary>
    private static string Text(string name) => $"'{name}'";
}
