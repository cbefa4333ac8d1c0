using System.Diagnostics;
using EventStore.EF.Storage;
using EventStore.EF.Threading;
using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace EventStore.EF.Sqlite.Connections;

/// <summary>
/// Keeps the write-ahead log short. SQLite moves its pages into the database by itself, but starts the log again only at a moment when
/// nobody reads it. With readers that overlap there is no such moment, and the log grows until the last of them has stopped.
/// </summary>
/// <param name="database">The database.</param>
/// <param name="limit">The length, in bytes, at which the log is emptied.</param>
internal sealed class WriteAheadLog(SqliteDatabase database, long limit)
{
    /// <summary>The longest wait for readers, during which nobody writes. The store's own need less for a page.</summary>
    private const int PatienceInMilliseconds = 100;

    /// <summary>
    /// After a reader has kept the log from being emptied, the time until the next attempt. It is doubled, up to
    /// <see cref="LongestPause"/>, as long as the same reader stays.
    /// </summary>
    private static readonly TimeSpan ShortestPause = TimeSpan.FromMilliseconds(100);

    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(10);

    private readonly string _path = database.Path + "-wal";
    private readonly Lock _lock = new();
    private TimeSpan _pause = ShortestPause;
    private long _triedAt;
    private long _moved;

    /// <summary>Whether the log should be emptied now.</summary>
    public bool IsTooLong
    {
        get
        {
            lock (_lock)
            {
                if (_triedAt != 0 && Stopwatch.GetElapsedTime(_triedAt) < _pause)
                    return false;
            }

            var file = new FileInfo(_path);
            return file.Exists && file.Length >= limit;
        }
    }

    /// <summary>
    /// Moves the log into the database and empties it. Readers that begin meanwhile use the database file alone, so this waits only for
    /// those that have begun before. Not for use inside a transaction.
    /// </summary>
    /// <param name="connection">A connection whose own waits, afterwards, are for as long as given.</param>
    /// <param name="busyTimeout">How long, in milliseconds, its statements wait afterwards.</param>
    public void Empty(SqliteConnection connection, int busyTimeout)
    {
        _ = raw.sqlite3_busy_timeout(connection.Handle, PatienceInMilliseconds);
        try
        {
            // A row tells whether somebody was in the way; an exception would tell of the disk, which the next commit does too.
            using var command = connection.Command("PRAGMA wal_checkpoint(TRUNCATE)");
            using var reader = command.ExecuteReader();
            reader.Read();
            Tried(isEmptied: reader.GetInt64(0) == 0, moved: reader.GetInt64(2));
        }
        catch (SqliteException)
        {
            Tried(isEmptied: false, moved: 0);
        }
        finally
        {
            _ = raw.sqlite3_busy_timeout(connection.Handle, busyTimeout);
        }
    }

    private void Tried(bool isEmptied, long moved)
    {
        lock (_lock)
        {
            _pause = isEmptied || moved != _moved ? ShortestPause : Backoff.Doubled(_pause, LongestPause);
            (_triedAt, _moved) = (isEmptied ? 0 : Stopwatch.GetTimestamp(), moved);
        }
    }
}
