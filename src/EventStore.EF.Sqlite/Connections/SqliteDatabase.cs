using EventStore.EF.Errors;
using EventStore.EF.Storage;
using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace EventStore.EF.Sqlite.Connections;

/// <summary>
/// A database file and the store's own connections to it. They have their own pool: settings that an application changes on its connections
/// to the same file don't reach them, nor the other way round. They never create a file; only migrations do.
/// </summary>
internal sealed class SqliteDatabase
{
    private readonly string _pooled;
    private readonly string _dedicated;
    private volatile bool _wasOpen;
    private volatile bool _hasLog;

    /// <param name="settings">The connection string.</param>
    /// <param name="maxLogBytes">The length at which the write-ahead log is started again.</param>
    public SqliteDatabase(SqliteConnectionStringBuilder settings, long maxLogBytes)
    {
        var path = DatabasePath.Of(settings.DataSource);
        Path = path.File;
        BusyTimeout = TimeSpan.FromSeconds(settings.DefaultTimeout is 0 ? int.MaxValue / 1000 : settings.DefaultTimeout);
        CreatesFile = settings.Mode == SqliteOpenMode.ReadWriteCreate && path.CreatesFile;
        var own = new SqliteConnectionStringBuilder(settings.ConnectionString)
        {
            DataSource = path.DataSource,
            DefaultTimeout = settings.DefaultTimeout,
            Mode = CreatesFile ? SqliteOpenMode.ReadWriteCreate : SqliteOpenMode.ReadWrite,
        };
        ContextConnectionString = own.ConnectionString;
        own.Mode = SqliteOpenMode.ReadWrite;
        _pooled = own.ConnectionString;
        own.Pooling = false;
        _dedicated = own.ConnectionString;
        Files = new(this);
        Log = new(this, maxLogBytes);
    }

    /// <summary>The connection string of the store's contexts, which create the file when they migrate.</summary>
    public string ContextConnectionString { get; }

    /// <summary>Whether migrations create a missing file.</summary>
    public bool CreatesFile { get; }

    /// <summary>Limits the write-ahead log.</summary>
    public WriteAheadLog Log { get; }

    /// <summary>Detects changes made to the file from outside.</summary>
    public DatabaseFiles Files { get; }

    /// <summary>Whether the file was open in this process, and is gone.</summary>
    public bool IsGone => Safeguards.FileIdentity && _wasOpen && !File.Exists(Path);

    /// <summary>The file's full path.</summary>
    public string Path { get; }

    /// <summary>The time for which a statement waits for other writers: <c>Default Timeout</c> of the connection string.</summary>
    public TimeSpan BusyTimeout { get; }

    /// <summary>Opens a connection of the store's own pool.</summary>
    public SqliteConnection Open() => Open(_pooled);

    /// <summary>Opens a connection outside the pool, which nothing else has used or will use.</summary>
    public SqliteConnection OpenDedicated() => Open(_dedicated);

    /// <summary>
    /// Opens a connection of the same pool for transactions that write: they are on disk when they are committed, and wait for other
    /// writers through <see cref="SqliteCommands"/>.
    /// </summary>
    public SqliteConnection OpenForWriting()
    {
        var connection = Open();
        try
        {
            // The journal mode belongs to the file; it is set here for a file that an application created before the store. 4,000 pages, 16
            // MB, are moved from the log into the file together instead of 1,000: a page that changes with each append is moved less often,
            // which made 50 callers a tenth faster. Readers find the log's pages by a hash table, whose first block has room for as many.
            if (!_hasLog)
                UseWriteAheadLog(connection);

            connection.Execute("PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA wal_autocheckpoint = 4000");
            SqliteException.ThrowExceptionForRC(raw.sqlite3_busy_timeout(connection.Handle, 0), connection.Handle);
            return connection;
        }
        catch (Exception exception)
        {
            WroteNothing.Mark(exception);
            connection.Dispose();
            throw;
        }
    }

    /// <summary>Closes the store's unused connections, so that the file can be deleted or moved.</summary>
    public void CloseUnused()
    {
        foreach (var connectionString in (string[])[_pooled, ContextConnectionString])
        {
            using var connection = new SqliteConnection(connectionString);
            SqliteConnection.ClearPool(connection);
        }
    }

    /// <summary>
    /// Makes SQLite itself wait while another process writes, in steps from one millisecond up. Otherwise Microsoft.Data.Sqlite tries again
    /// every 150 ms.
    /// </summary>
    public void WaitWhileBusy(SqliteConnection connection)
        => SqliteException.ThrowExceptionForRC(
            raw.sqlite3_busy_timeout(connection.Handle, (int)BusyTimeout.TotalMilliseconds), connection.Handle);

    /// <summary>
    /// Requires the file. Call this before other code opens a connection to it, which might create a file in place of a deleted one.
    /// </summary>
    /// <exception cref="DatabaseFileException">The file is gone.</exception>
    public void RequireThere()
    {
        if (IsGone)
            throw Moved();

        Files.RequireSound();
    }

    /// <summary>
    /// Once the file was open, no connection of a context that is about to be opened creates another in its place, even if it is deleted at
    /// this moment.
    /// </summary>
    public void CreateNone(SqliteConnection connection)
    {
        if (_wasOpen && connection.ConnectionString == ContextConnectionString)
            connection.ConnectionString = _pooled;
    }

    /// <summary>
    /// Handles a connection that was just opened. One from a pool may be to a file that is no longer at this path; it is reopened.
    /// </summary>
    public void Opened(SqliteConnection connection)
    {
        if (Safeguards.FileIdentity && FileControl.HasMoved(connection))
        {
            Files.NoteMoved(connection);
            Leave(connection);
            connection.Open();
        }

        if (Safeguards.FileIdentity)
            Files.Opened(connection);

        _wasOpen = true;
    }

    /// <summary>
    /// Requires the file at the path. Call this before the caller's connection writes: one from a pool may be to a file that is no longer
    /// there.
    /// </summary>
    /// <exception cref="DatabaseFileException">
    /// The connection is to another file; its pool is cleared, so that the next connection reaches the file at the path. Or the file is
    /// known to be overwritten.
    /// </exception>
    public void RequireIsOpenIn(SqliteConnection connection)
    {
        if (!Safeguards.FileIdentity)
            return;

        Files.RequireSound();
        if (!FileControl.HasMoved(connection))
            return;

        SqliteConnection.ClearPool(connection);
        throw Moved();
    }

    /// <summary>Closes a connection and clears its pool: their file is no longer at the path.</summary>
    public static void Leave(SqliteConnection connection)
    {
        SqliteConnection.ClearPool(connection);
        connection.Close();
    }

    /// <summary>Creates the exception for a file that is no longer at its path.</summary>
    public DatabaseFileException Moved() => IsGone
        ? new($"The database file '{Path}' was deleted or moved while the store had it open.")
        : new($"The database file '{Path}' was exchanged while the store had it open.", isExchanged: true);

    /// <exception cref="DatabaseFileException">The file stays in another journal mode.</exception>
    private void UseWriteAheadLog(SqliteConnection connection)
    {
        using var command = connection.Command("PRAGMA journal_mode = WAL");
        if (command.ExecuteScalar() is not "wal" and var mode)
        {
            throw new DatabaseFileException(
                $"The database file '{Path}' can't be switched to write-ahead logging, and stays in journal mode '{mode}'. It needs " +
                "memory that processes share, which network drives and some of SQLite's virtual file systems (Vfs) don't have.");
        }

        _hasLog = true;
    }

    private SqliteConnection Open(string connectionString)
    {
        var connection = new SqliteConnection(connectionString);
        try
        {
            RequireThere();
            connection.Open();
            Opened(connection);
            WaitWhileBusy(connection);
            Files.Note(connection);
            return connection;
        }
        catch (Exception exception)
        {
            WroteNothing.Mark(exception);
            connection.Dispose();
            throw;
        }
    }
}
