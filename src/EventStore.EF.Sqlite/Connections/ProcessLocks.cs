using System.Runtime.Versioning;

namespace EventStore.EF.Sqlite.Connections;

/// <summary>
/// Locks of the operating system that end with their process, however it ends: bytes of an empty file beside the database. Others can tell
/// from them at once that a process has died; process ids could not, because containers that share a folder don't see each other's.
/// </summary>
/// <remarks>
/// On Linux these are the record locks by which SQLite itself locks its files (<c>fcntl</c>, <c>F_SETLK</c>), so they work wherever a
/// SQLite file can be shared. They belong to the process, and closing any handle of the file drops all of them; so each process has one
/// handle, and knows by itself what it holds.
/// </remarks>
internal sealed class ProcessLocks : IDisposable
{
    private static readonly Lock Sharing = new();
    private static readonly Dictionary<string, ProcessLocks> Shared = [];

    private readonly Lock _lock = new();
    private readonly HashSet<long> _held = [];
    private readonly string _path;
    private FileStream? _file;
    private int _users;

    private ProcessLocks(string path) => _path = path;

    /// <summary>Whether the operating system has such locks, and .NET gives access to them.</summary>
    [UnsupportedOSPlatformGuard("macos")]
    [UnsupportedOSPlatformGuard("ios")]
    [UnsupportedOSPlatformGuard("tvos")]
    [UnsupportedOSPlatformGuard("freebsd")]
    public static bool AreSupported { get; } = OperatingSystem.IsLinux() || OperatingSystem.IsWindows();

    /// <summary>
    /// The locks beside a database file, which all stores of this process share. Dispose of them as often as they are taken.
    /// </summary>
    public static ProcessLocks Of(string database)
    {
        lock (Sharing)
        {
            if (!Shared.TryGetValue(database, out var locks))
                Shared.Add(database, locks = new(database + "-owners"));

            locks._users++;
            return locks;
        }
    }

    /// <summary>Holds a lock until this process ends or the last store of this file is disposed.</summary>
    /// <exception cref="IOException">The file can't be created or opened, or another process has the lock.</exception>
    /// <exception cref="UnauthorizedAccessException">The file can't be created or opened.</exception>
    public void Hold(long place)
    {
        lock (_lock)
        {
            if (!AreSupported || _held.Contains(place))
                return;

            Opened().Lock(place, 1);
            _held.Add(place);
        }
    }

    /// <summary>Gives a lock up.</summary>
    public void Release(long place)
    {
        lock (_lock)
        {
            if (AreSupported && _held.Remove(place))
                _file?.Unlock(place, 1);
        }
    }

    /// <summary>Whether no living process holds a lock. False if that can't be told.</summary>
    public bool IsFree(long place)
    {
        lock (_lock)
        {
            if (!AreSupported || _held.Contains(place))
                return false;

            try
            {
                var file = Opened();
                file.Lock(place, 1);
                file.Unlock(place, 1);
                return true;
            }
            catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
            {
                return false;
            }
        }
    }

    public void Dispose()
    {
        lock (Sharing)
        {
            if (--_users > 0)
                return;

            Shared.Remove(_path[..^"-owners".Length]);
        }

        lock (_lock)
        {
            _file?.Dispose();
            _file = null;
            _held.Clear();
        }
    }

    private FileStream Opened()
    {
        if (_file is not null)
            return _file;

        var isNew = !File.Exists(_path);
        var file = new FileStream(
            _path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.ReadWrite | FileShare.Delete, bufferSize: 0);

        // Whoever may open the database may open this file: SQLite does the same for its own files.
        if (isNew && !OperatingSystem.IsWindows() && File.Exists(_path[..^"-owners".Length]))
            File.SetUnixFileMode(file.SafeFileHandle, File.GetUnixFileMode(_path[..^"-owners".Length]));

        return _file = file;
    }
}
