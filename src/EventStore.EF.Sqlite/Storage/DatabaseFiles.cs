using System.Diagnostics;
using System.Runtime.CompilerServices;
using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace EventStore.EF.Sqlite;

/// <summary>
/// Notices what is done to the files of an open database from outside, past SQLite: moved, deleted, exchanged, overwritten. SQLite itself goes
/// on writing to whatever it has open.
/// </summary>
/// <remarks>
/// Overwriting in place leaves the file's identity, so it is told by this: the database file changes only when SQLite moves pages of the log
/// into it, and each time SQLite counts that. A file that changed without being counted was written by somebody else. The counter is raised
/// last, and never by a checkpoint that failed on a full disk; so a change is SQLite's own as long as a checkpoint was begun and not finished,
/// and suspect for a while before it is judged.
/// </remarks>
internal sealed class DatabaseFiles(SqliteDatabase database)
{
    /// <summary>The first version with a checkpoint that does nothing but tell how far the last one came.</summary>
    private const int VersionOfNoop = 3051000;

    private const int LogHeaderLength = 32;

    /// <summary>How long SQLite may take to move pages into the file before a change that it doesn't count is somebody else's.</summary>
    private static readonly TimeSpan LongestCheckpoint = TimeSpan.FromSeconds(5);

    private static readonly bool CanSeeOverwriting = raw.sqlite3_libversion_number() >= VersionOfNoop;

    /// <summary>What each open connection saw. It is comparable only as long as that connection is open: the last one to close removes the log.</summary>
    private readonly ConditionalWeakTable<sqlite3, Seen> _seen = [];

    private volatile string? _stopped;

    /// <summary>Throws while what was found last keeps the store from going on.</summary>
    /// <exception cref="DatabaseFileException">It was found.</exception>
    public void RequireSound()
    {
        if (_stopped is { } reason)
            throw new DatabaseFileException(reason);
    }

    /// <summary>
    /// Looks whether what a connection commits is, or was, committed to the file that others find at the path. Not inside a transaction.
    /// </summary>
    /// <exception cref="DatabaseFileException">It isn't.</exception>
    public ValueTask RequireAsync(SqliteConnection connection) => Judge(connection) is Verdict.Sound ? ValueTask.CompletedTask : new(WaitAsync(connection));

    /// <summary>Notes how the files are when a connection is opened that doesn't come from a pool.</summary>
    /// <exception cref="DatabaseFileException">The file is at the path no longer.</exception>
    public void Note(SqliteConnection connection)
    {
        if (!_seen.TryGetValue(connection.Handle!, out _))
            Look(connection);
    }

    /// <summary>The same without waiting for SQLite: a suspect change is looked at again next time.</summary>
    /// <exception cref="DatabaseFileException">The file is not the one that was opened, or was overwritten.</exception>
    public void Look(SqliteConnection connection) => _ = Judge(connection);

    private async Task WaitAsync(SqliteConnection connection)
    {
        // The system's clock on purpose: SQLite doesn't work by a clock made by a test.
        do
            await Task.Delay(TimeSpan.FromMilliseconds(1), TimeProvider.System).ConfigureAwait(false);
        while (Judge(connection) is Verdict.Suspect);
    }

    private Verdict Judge(SqliteConnection connection)
    {
        if (!Safeguards.FileIdentity)
            return Verdict.Sound;

        if (FileControl.HasMoved(connection))
            throw database.Moved();

        var seen = _seen.GetValue(connection.Handle!, _ => new(raw.sqlite3_db_filename(connection.Handle, "main").utf8_to_string()));
        if (seen.Path.Length == 0)
            return Verdict.Sound;

        lock (seen)
            return Judge(connection, seen);
    }

    private Verdict Judge(SqliteConnection connection, Seen seen)
    {
        RequireStillThere(seen.Path + "-wal", ref seen.HasLog);
        RequireStillThere(seen.Path + "-shm", ref seen.HasIndex);
        if (!CanSeeOverwriting)
            return Verdict.Sound;

        var file = new FileInfo(seen.Path);
        var state = (file.Length, file.LastWriteTimeUtc);
        if (state == seen.State)
        {
            // The next commit begins the log again, which is no news then.
            if (seen.Progress is { IsAtEnd: true })
                seen.Progress = Progress(connection, seen.Path);

            return Accept(seen);
        }

        var progress = Progress(connection, seen.Path);
        if (seen.State is null || progress.IsAfter(seen.Progress) || FileControl.HasUnfinishedCheckpoint(connection))
        {
            (seen.State, seen.Progress) = (state, progress);
            return Accept(seen);
        }

        if (seen.SuspectSince is null)
            seen.SuspectSince = Stopwatch.GetTimestamp();

        if (Stopwatch.GetElapsedTime(seen.SuspectSince.Value) < LongestCheckpoint)
            return Verdict.Suspect;

        _stopped = $"The database file '{seen.Path}' was overwritten while the store had it open. Nothing more is written to it. Stop the processes that use it, put the file in order, without the files '-wal' and '-shm' of the old one, and start them again.";
        throw new DatabaseFileException(_stopped);
    }

    private Verdict Accept(Seen seen)
    {
        if (seen.SuspectSince is not null)
            (seen.SuspectSince, _stopped) = (null, null);

        return Verdict.Sound;
    }

    private static void RequireStillThere(string path, ref bool wasThere)
    {
        var isThere = File.Exists(path);
        if (wasThere && !isThere)
        {
            throw new DatabaseFileException(
                $"The file '{path}' was deleted while the store had the database open: what is committed now, nobody else can see. Nothing more is acknowledged. Restart the processes that use the database.");
        }

        wasThere = isThere;
    }

    private static LogProgress Progress(SqliteConnection connection, string path)
    {
        using var checkpoint = connection.Command("PRAGMA wal_checkpoint(NOOP)");
        using var reader = checkpoint.ExecuteReader();
        reader.Read();
        var (log, moved) = (reader.GetInt64(1), reader.GetInt64(2));
        using var version = connection.Command("PRAGMA data_version");
        return new(Header(path + "-wal"), log < 0 ? null : moved, log <= moved, (long)version.ExecuteScalar()!);
    }

    /// <summary>
    /// The log's header, which changes whenever the log begins again; empty while it is. The log may be opened here: SQLite holds its locks
    /// on the other two files, and closing one of those would drop them.
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

    /// <summary>How far SQLite has moved the log into the file.</summary>
    /// <param name="Header">Which log.</param>
    /// <param name="Moved">How many of its pages; <see langword="null"/> when there is no log.</param>
    /// <param name="IsAtEnd">Whether these are all.</param>
    /// <param name="DataVersion">Changes when another connection has committed.</param>
    private sealed record LogProgress(string Header, long? Moved, bool IsAtEnd, long DataVersion)
    {
        public bool IsAfter(LogProgress? earlier)
            => Moved is null || Header != earlier?.Header || Moved != earlier.Moved || (Header.Length == 0 && DataVersion != earlier.DataVersion);
    }

    private sealed class Seen(string path)
    {
        public readonly string Path = path;
        public bool HasLog;
        public bool HasIndex;
        public (long Length, DateTime WrittenAt)? State;
        public LogProgress? Progress;
        public long? SuspectSince;
    }
}
