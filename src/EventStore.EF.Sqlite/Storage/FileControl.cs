using System.Runtime.InteropServices;
using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace EventStore.EF.Sqlite;

/// <summary>
/// Asks SQLite about the file behind an open connection. SQLitePCLRaw has no call for it, so the function is looked up in the native library
/// that SQLitePCLRaw has loaded, whichever that is.
/// </summary>
internal static class FileControl
{
    /// <summary>SQLITE_FCNTL_HAS_MOVED: one <c>stat</c> of the path, compared with the open file's inode.</summary>
    private const int HasMovedOperation = 20;

    private static readonly Function? Control = Find();

    [UnmanagedFunctionPointer(CallingConvention.Cdecl)]
    private delegate int Function(nint database, nint schema, int operation, ref int argument);

    /// <summary>
    /// Whether the path of an open connection leads to another file by now, or to none. Always false where the system doesn't let an open file
    /// be moved or deleted (Windows).
    /// </summary>
    public static bool HasMoved(SqliteConnection connection)
    {
        if (Control is null || connection.Handle is not { IsInvalid: false } handle)
            return false;

        // A null schema is "main". Where the file system can't tell, the answer is "not found", and the argument stays 0.
        var hasMoved = 0;
        _ = Control(handle.DangerousGetHandle(), 0, HasMovedOperation, ref hasMoved);
        GC.KeepAlive(handle);
        return hasMoved != 0;
    }

    private static Function? Find()
        => NativeLibrary.TryLoad(raw.GetNativeLibraryName(), typeof(SqliteConnection).Assembly, null, out var library)
            && NativeLibrary.TryGetExport(library, "sqlite3_file_control", out var function)
                ? Marshal.GetDelegateForFunctionPointer<Function>(function)
                : null;
}
