using System.Runtime.InteropServices;
using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace EventStore.EF.Sqlite.Connections;

/// <summary>
/// Asks SQLite about the file behind an open connection. SQLitePCLRaw doesn't expose this function, so it is looked up in the native
/// library that SQLitePCLRaw has loaded.
/// </summary>
internal static class FileControl
{
    /// <summary>SQLITE_FCNTL_HAS_MOVED: one <c>stat</c> of the path, compared with the open file's inode.</summary>
    private const int HasMovedOperation = 20;

    /// <summary>SQLITE_FCNTL_FILE_POINTER: the open file, whose first member points to its methods.</summary>
    private const int FilePointerOperation = 7;

    /// <summary>
    /// The offset of <c>xShmMap</c> in <c>sqlite3_io_methods</c>, in pointers: after the version and twelve other methods.
    /// </summary>
    private const int MapMethod = 13;

    /// <summary>The first version of <c>sqlite3_io_methods</c> that has <c>xShmMap</c>.</summary>
    private const int VersionOfMap = 2;

    /// <summary>The size of a page of the wal-index.</summary>
    private const int IndexPageSize = 32768;

    /// <summary>
    /// The offset of the number of the log's frames that are in the file: after two headers of 48 bytes (SQLite's file format, 2.3).
    /// </summary>
    private const int BackfillOffset = 96;

    /// <summary>The offset of the number of frames that a checkpoint has started to put there.</summary>
    private const int BackfillAttemptedOffset = 128;

    private static readonly Function? Control = Find();

    [UnmanagedFunctionPointer(CallingConvention.Cdecl)]
    private delegate int Function(nint database, nint schema, int operation, ref nint argument);

    [UnmanagedFunctionPointer(CallingConvention.Cdecl)]
    private delegate int Map(nint file, int page, int pageSize, int extend, out nint memory);

    /// <summary>
    /// Whether the path of an open connection now leads to another file, or to none. Always false where the system doesn't let an open file
    /// be moved or deleted (Windows).
    /// </summary>
    public static bool HasMoved(SqliteConnection connection)
        => Ask(connection, HasMovedOperation) != 0;

    /// <summary>
    /// Whether a checkpoint is running, or has failed, for instance on a full disk: it may have written to the database file without
    /// counting that. The wal-index is read through SQLite, because opening and closing the file would drop SQLite's own locks on it.
    /// </summary>
    public static bool HasUnfinishedCheckpoint(SqliteConnection connection)
    {
        var file = Ask(connection, FilePointerOperation);
        var methods = file == 0 ? 0 : Marshal.ReadIntPtr(file);
        if (methods == 0 || Marshal.ReadInt32(methods) < VersionOfMap
            || Marshal.ReadIntPtr(methods, MapMethod * nint.Size) is not (not 0 and var map))
            return false;

        var result = Marshal.GetDelegateForFunctionPointer<Map>(map)(file, 0, IndexPageSize, 0, out var index);
        var isUnfinished = result == raw.SQLITE_OK && index != 0
            && (uint)Marshal.ReadInt32(index, BackfillAttemptedOffset) > (uint)Marshal.ReadInt32(index, BackfillOffset);
        GC.KeepAlive(connection);
        return isUnfinished;
    }

    /// <summary>The answer to an operation; 0 if the file system can't tell, or the library has no such call.</summary>
    private static nint Ask(SqliteConnection connection, int operation)
    {
        nint answer = 0;
        if (Control is null || connection.Handle is not { IsInvalid: false } handle)
            return answer;

        // A null schema is "main".
        _ = Control(handle.DangerousGetHandle(), 0, operation, ref answer);
        GC.KeepAlive(handle);
        return answer;
    }

    private static Function? Find()
        => NativeLibrary.TryLoad(raw.GetNativeLibraryName(), typeof(SqliteConnection).Assembly, null, out var library)
            && NativeLibrary.TryGetExport(library, "sqlite3_file_control", out var function)
                ? Marshal.GetDelegateForFunctionPointer<Function>(function)
                : null;
}
