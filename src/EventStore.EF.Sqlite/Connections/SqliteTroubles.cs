using EventStore.EF.Storage;
using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace EventStore.EF.Sqlite.Connections;

/// <summary>Explains SQLite's exceptions, and what to do about them.</summary>
internal sealed class SqliteTroubles(SqliteDatabase database)
{
    public StorageTrouble Diagnose(Exception exception, StorageFailure failure)
    {
        for (var inner = failure is StorageFailure.None ? null : exception; inner is not null; inner = inner.InnerException)
        {
            if (inner is SqliteException sqlite)
                return Diagnose(sqlite, failure);
        }

        return new(failure);
    }

    private StorageTrouble Diagnose(SqliteException exception, StorageFailure failure) => exception.SqliteErrorCode switch
    {
        _ when failure is StorageFailure.Conflict or StorageFailure.SchemaMissing => new(failure, IsAnswered: true),
        raw.SQLITE_BUSY when exception.SqliteExtendedErrorCode == raw.SQLITE_BUSY_RECOVERY => new(
            failure, $"Another process is reading the log of '{database.Path}' after a crash ({Said(exception)}).",
            IsAnswered: true, StorageRepetition.Once),
        // For projections it counts as an unavailable database: the event isn't to blame.
        raw.SQLITE_BUSY => new(
            StorageFailure.Locked,
            $"It is the write lock of '{database.Path}'. SQLite has one for the whole file: another process may hold it, or an open " +
            "transaction of your own. In the latter case, write through WithTransaction.",
            IsAnswered: true, Waited: (exception as WriteLockTimeoutException)?.Waited),
        raw.SQLITE_LOCKED => new(
            StorageFailure.Locked,
            $"A statement that is still running on the same connection holds it ({Said(exception)}): finish that one first.",
            IsAnswered: true),
        raw.SQLITE_FULL => new(
            failure, $"The disk of '{database.Path}' is full ({Said(exception)}): free some space.", IsAnswered: true),
        // If the commit can't be flushed, SQLite undoes it; but it may be in the log already, and reappear after a crash.
        raw.SQLITE_IOERR => new(
            failure,
            $"Reading or writing '{database.Path}', or a file beside it, failed ({Said(exception)}): the disk may be full, damaged or " +
            "gone.",
            exception.SqliteExtendedErrorCode is not (raw.SQLITE_IOERR_FSYNC or raw.SQLITE_IOERR_DIR_FSYNC)),
        raw.SQLITE_READONLY => new(
            failure,
            $"The database file '{database.Path}' is read-only ({Said(exception)}): give this process write access to it and to its " +
            "folder.",
            IsAnswered: true),
        raw.SQLITE_CANTOPEN => new(
            failure, $"The database file can't be opened ({Said(exception)}): {WhyNotOpened()}", IsAnswered: true),
        raw.SQLITE_NOTADB or raw.SQLITE_CORRUPT => new(
            failure, $"'{database.Path}' is not a SQLite database, or is encrypted or damaged ({Said(exception)}).", IsAnswered: true),
        _ => new(failure, IsAnswered: true),
    };

    private string WhyNotOpened()
    {
        if (Directory.Exists(database.Path))
            return $"'{database.Path}' is a folder. Name a file in the connection string.";

        if (Path.GetDirectoryName(database.Path) is { Length: > 0 } folder && !Directory.Exists(folder))
            return $"the folder '{folder}' doesn't exist. Create it, or correct the path in the connection string.";

        return !database.CreatesFile && !File.Exists(database.Path)
            ? $"'{database.Path}' doesn't exist, and the connection string's Mode lets nobody create it. Remove Mode, or create the file."
            : $"check this process's access rights to '{database.Path}' and to its folder.";
    }

    private static string Said(SqliteException exception)
        => $"SQLite error {exception.SqliteExtendedErrorCode}: {exception.Message.TrimEnd('.')}";
}
