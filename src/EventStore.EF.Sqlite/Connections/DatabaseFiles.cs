using System.Diagnostics;
using System.Runtime.CompilerServices;
using EventStore.EF.Storage;
using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace EventStore.EF.Sqlite.Connections;

/// <summary>
/// Detects changes made to an open database's files without SQLite: moving, deleting, replacing, overwriting. SQLite itself goes on writing
/// to the files it has open.
/// </summary>
/// <remarks>
/// Overwriting in place keeps the file's identity, so it is detected differently. The database file changes only when SQLite moves pages of
/// the log into it, and SQLite counts each time. A change that was not counted was made by somebody else. The counter is raised last, and
/// never by a checkpoint that failed on a full disk. So a change is taken as SQLite's own as long as a checkpoint has begun and not
/// finished; otherwise it is suspect for a while before it is judged.
/// </remarks>
internal sealed class DatabaseFiles(SqliteDatabase database)
{
    /// <summary>The first version with a checkpoint that only reports how far the last one came.</summary>
    private const int VersionOfNoop = 3051000;

    private const int LogHeaderLength = 32;

    /// <summary>The time for which SQLite may move pages into the file before an uncounted change is attributed to somebody else.</summary>
    private static readonly TimeSpan LongestCheckpoint = TimeSpan.FromSeconds(5);

    private static readonly bool CanSeeOverwriting = raw.sqlite3_libversion_number() >= VersionOfNoop;

    /// <summary>
    /// The state that each open connection saw. It is comparable only while that connection is open: the last one to close removes the log.
    /// </summary>
    private readonly ConditionalWeakTable<sqlite3, Seen> _seen = [];

    private readonly Lock _lock = new();
    private volatile string? _stopped;

    /// <summary>The header of the file's log, as it was last read.</summary>
    private string _log = "";

    /// <summary>The header of the log of a file that was exchanged, until another one is open.</summary>
    private volatile string? _oldLog;

    /// <summary>Counts the files that were at the path.</summary>
    private int _generation;

    /// <summary>Throws while the file is known to be overwritten, or to be beside the log of another one.</summary>
    /// <exception cref="DatabaseFileException">It is.</exception>
    public void RequireSound()
    {
        if (_stopped is { } reason)
            throw new DatabaseFileException(reason);

        if (_oldLog is { Length: > 0 } old && Header(database.Path + "-wal") == old)
        {
            throw new DatabaseFileException(
                $"The database file '{database.Path}' was exchanged, but the log of the old one, '{database.Path}-wal', is still there, " +
                "and SQLite would take its pages for the new file's. Nothing is read or written. Delete the files '-wal' and '-shm' " +
                "beside it; the store then continues with the new file.");
        }
    }

    /// <summary>
    /// Records that the file of an open connection has moved. If another one is at its path, nobody opens that as long as it is beside the
    /// old one's log.
    /// </summary>
    /// <exception cref="DatabaseFileException">It is.</exception>
    public void NoteMoved(SqliteConnection connection)
    {
        if (database.IsGone)
            return;

        lock (_lock)
        {
            // Other connections to the old file may notice long after the new one was opened.
            if (_seen.TryGetValue(connection.Handle!, out var seen) && seen.Generation == _generation)
                (_oldLog, _generation) = (_log, _generation + 1);
        }

        RequireSound();
    }

    /// <summary>
    /// Requires that a connection's commits go, or went, to the file that others find at the path. Not for use inside a transaction.
    /// </summary>
    /// <exception cref="DatabaseFileException">They don't.</exception>
    public ValueTask RequireAsync(SqliteConnection connection)
        => Judge(connection) is Verdict.Sound ? ValueTask.CompletedTask : new(WaitAsync(connection));

    /// <summary>Records the files' state when a connection is opened that doesn't come from a pool.</summary>
    /// <exception cref="DatabaseFileException">The file is no longer at the path.</exception>
    public void Note(SqliteConnection connection)
    {
        if (!SeenBy(connection).HoldsLog)
            Look(connection);
    }

    /// <summary>Records which file a connection was opened to.</summary>
    public void Opened(SqliteConnection connection)
    {
        lock (_lock)
        {
            if (SeenBy(connection).Generation == _generation)
                _oldLog = null;
        }
    }

    /// <summary>Looks without waiting for SQLite: a suspect change is judged by a later look.</summary>
    /// <exception cref="DatabaseFileException">The file is not the one that was opened, or was overwritten.</exception>
    public void Look(SqliteConnection connection) => _ = Judge(connection);

    private async Task WaitAsync(SqliteConnection connection)
    {
        // The system's clock on purpose: SQLite doesn't follow a test's clock.
        do
            await Task.Delay(TimeSpan.FromMilliseconds(1), TimeProvider.System).ConfigureAwait(false);
        while (Judge(connection) is Verdict.Suspect);
    }

    private Verdict Judge(SqliteConnection connection)
    {
        if (!Safeguards.FileIdentity)
            return Verdict.Sound;

        if (FileControl.HasMoved(connection))
        {
            NoteMoved(connection);
            throw database.Moved();
        }

        var seen = SeenBy(connection);
        if (seen.Path.Length == 0)
            return Verdict.Sound;

        lock (seen)
            return Judge(connection, seen);
    }

    private Verdict Judge(SqliteConnection connection, Seen seen)
    {
        if (!seen.HoldsLog)
        {
            // A connection keeps the log from its first read on. Until then, the last other one to close moves it into the file and deletes
            // it.
            using var read = connection.Command("PRAGMA schema_version");
            read.ExecuteScalar();
            seen.HoldsLog = true;
        }

        RequireStillThere(seen.Path + "-wal", ref seen.HasLog);
        RequireStillThere(seen.Path + "-shm", ref seen.HasIndex);
        if (!CanSeeOverwriting)
        {
            ReadHeader(seen.Path);
            return Verdict.Sound;
        }

        var state = StateOf(seen.Path);
        if (state == seen.State)
        {
            // The next commit starts the log again; recording the progress now keeps that from looking like news.
            if (seen.Progress is { IsAtEnd: true })
                seen.Progress = Progress(connection, seen.Path);

            return Accept(seen);
        }

        var progress = Progress(connection, seen.Path);
        if (seen.State is null || progress.IsAfter(seen.Progress) || FileControl.HasUnfinishedCheckpoint(connection))
        {
            // A checkpoint that runs just now may be in the progress and not yet in the state. Together they would say that nobody counted
            // what it wrote.
            if (state != StateOf(seen.Path))
                return Verdict.Suspect;

            (seen.State, seen.Progress) = (state, progress);
            return Accept(seen);
        }

        if (seen.SuspectSince is null)
            seen.SuspectSince = Stopwatch.GetTimestamp();

        if (Stopwatch.GetElapsedTime(seen.SuspectSince.Value) < LongestCheckpoint)
            return Verdict.Suspect;

        _stopped = $"The database file '{seen.Path}' was overwritten while the store had it open. Nothing more is written to it. Stop " +
            "the processes that use it, put the right file there, without the old one's '-wal' and '-shm' files, and start them again.";
        throw new DatabaseFileException(_stopped);
    }

    private Verdict Accept(Seen seen)
    {
        if (seen.SuspectSince is not null)
            (seen.SuspectSince, _stopped) = (null, null);

        return Verdict.Sound;
    }

    private static (long Length, DateTime WrittenAt) StateOf(string path)
    {
        var file = new FileInfo(path);
        return (file.Length, file.LastWriteTimeUtc);
    }

    private static void RequireStillThere(string path, ref bool wasThere)
    {
        var isThere = File.Exists(path);
        if (wasThere && !isThere)
        {
            throw new DatabaseFileException(
                $"The file '{path}' was deleted while the store had the database open: nobody else can see what is committed now. " +
                "Nothing more is acknowledged. Restart the processes that use the database.");
        }

        wasThere = isThere;
    }

    private LogProgress Progress(SqliteConnection connection, string path)
    {
        using var checkpoint = connection.Command("PRAGMA wal_checkpoint(NOOP)");
        using var reader = checkpoint.ExecuteReader();
        reader.Read();
        var (log, moved) = (reader.GetInt64(1), reader.GetInt64(2));
        using var version = connection.Command("PRAGMA data_version");
        return new(ReadHeader(path), log < 0 ? null : moved, log <= moved, (long)version.ExecuteScalar()!);
    }

    private Seen SeenBy(SqliteConnection connection) => _seen.GetValue(
        connection.Handle!, _ => new(raw.sqlite3_db_filename(connection.Handle, "main").utf8_to_string(), Volatile.Read(ref _generation)));

    /// <summary>Reads the log's header and remembers it.</summary>
    private string ReadHeader(string path)
    {
        var header = Header(path + "-wal");
        if (header.Length > 0)
            Volatile.Write(ref _log, header);

        return header;
    }

    /// <summary>
    /// The log's header, which changes whenever the log starts again, and is empty while it does. The log may be opened here: SQLite holds
    /// its locks on the other two files, and closing one of those would drop them.
    /// </summary>
    private static string Header(string path)
    {
        try
        {
            using var log = File.OpenHandle(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
            Span<byte> header = stackalloc byte[LogHeaderLength];
            return Convert.ToHexString(header[..RandomAccess.Read(log, header, 0)]);
        }
        catch (IOException)
        {
            return "";
        }
    }

    private enum Verdict
    {
        Sound,
        Suspect,
    }

    /// <summary>The progress of moving the log into the file.</summary>
    /// <param name="Header">Identifies the log.</param>
    /// <param name="Moved">The number of its pages moved; <see langword="null"/> if there is no log.</param>
    /// <param name="IsAtEnd">Whether these are all of its pages.</param>
    /// <param name="DataVersion">Changes when another connection has committed.</param>
    private sealed record LogProgress(string Header, long? Moved, bool IsAtEnd, long DataVersion)
    {
        public bool IsAfter(LogProgress? earlier)
            => Moved is null || Header != earlier?.Header || Moved != earlier.Moved
            || (Header.Length == 0 && DataVersion != earlier.DataVersion);
    }

    private sealed class Seen(string path, int generation)
    {
        public readonly string Path = path;
        public readonly int Generation = generation;
        public bool HoldsLog;
        public bool HasLog;
        public bool HasIndex;
        public (long Length, DateTime WrittenAt)? State;
        public LogProgress? Progress;
        public long? SuspectSince;
    }
}
