using System.Diagnostics;
using EventStore.EF.Sqlite.Connections;
using EventStore.EF.Sqlite.Order;
using EventStore.EF.Threading;
using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace EventStore.EF.Sqlite.Storage;

/// <summary>
/// Detects commits of other connections by <c>PRAGMA data_version</c>, a look at shared memory that takes 5 microseconds. SQLite has no
/// notifications, and watching the file would miss writes through mapped memory. The looks become rarer while nothing is committed.
/// </summary>
internal sealed class DataVersionPoller(SqliteDatabase database, StoreHistory history, Action committed, CancellationToken ct)
    : PollingThread.IPoll
{
    /// <summary>The interval within a second of a commit.</summary>
    private static readonly TimeSpan Busy = TimeSpan.FromMilliseconds(10);

    /// <summary>The interval within a minute of a commit.</summary>
    private static readonly TimeSpan Active = TimeSpan.FromMilliseconds(40);

    /// <summary>The interval after that.</summary>
    private static readonly TimeSpan Quiet = TimeSpan.FromMilliseconds(250);

    /// <summary>The longest time between two looks at the files, which may be deleted without a commit.</summary>
    private static readonly TimeSpan LongestUnseen = TimeSpan.FromSeconds(1);

    private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Lock _lock = new();
    private SqliteConnection? _connection;
    private sqlite3_stmt? _statement;
    private long? _seen;
    private long _seenAt = Stopwatch.GetTimestamp();
    private long _lookedAt;
    private bool _isLooking;
    private bool _isOver;

    /// <summary>Looks until cancelled or until the database fails.</summary>
    public async Task RunAsync()
    {
        PollingThread.Add(this);
        await using var registration = ct.Register(() => PollingThread.Remove(this)).ConfigureAwait(false);
        await _ended.Task.ConfigureAwait(false);
    }

    /// <summary>Asks for the version only; everything that may wait for somebody is done by another thread.</summary>
    public TimeSpan? Poll()
    {
        lock (_lock)
        {
            if (_isOver)
                return null;

            if (!_isLooking && IsWorthALook())
            {
                _isLooking = true;
                _ = DetachedTask.RunAsync(() => Task.Run(Look, CancellationToken.None));
            }
        }

        var quiet = Stopwatch.GetElapsedTime(Interlocked.Read(ref _seenAt));
        return quiet < TimeSpan.FromSeconds(1) ? Busy : quiet < TimeSpan.FromMinutes(1) ? Active : Quiet;
    }

    public void Removed() => End(new OperationCanceledException(ct));

    private bool IsWorthALook()
        => _connection is null || FileControl.HasMoved(_connection) || Stopwatch.GetElapsedTime(_lookedAt) >= LongestUnseen
        || Version() != _seen;

    /// <summary>The file's version; <see langword="null"/> if it can't be told just now.</summary>
    private long? Version()
    {
        var code = raw.sqlite3_step(_statement);
        long? version = code == raw.SQLITE_ROW ? raw.sqlite3_column_int64(_statement, 0) : null;
        _ = raw.sqlite3_reset(_statement);
        return version;
    }

    private void Look()
    {
        try
        {
            if (_connection is null)
                Open();

            database.Files.Look(_connection!);
            var version = Version();
            if (version != _seen)
            {
                history.Look(_connection!);
                _seen = version;
                Interlocked.Exchange(ref _seenAt, Stopwatch.GetTimestamp());
                if (database.Log.IsTooLong)
                    database.Log.Empty(_connection!, busyTimeout: 0);

                committed();
            }
        }
        catch (DatabaseFileException exception) when (exception.IsExchanged)
        {
            // Another file has replaced the open one.
            Close();
        }
        catch (SqliteException exception) when (exception.SqliteErrorCode is raw.SQLITE_BUSY)
        {
            // Somebody is putting the log in order; the next look finds what was committed.
        }
        catch (Exception exception)
        {
            End(exception);
        }

        lock (_lock)
        {
            (_isLooking, _lookedAt) = (false, Stopwatch.GetTimestamp());
            if (_isOver)
                Close();
        }
    }

    private void Open()
    {
        // The version belongs to the connection, so this needs a dedicated one.
        _connection = database.OpenDedicated();
        _connection.DefaultTimeout = 1;
        SqliteException.ThrowExceptionForRC(raw.sqlite3_busy_timeout(_connection.Handle, 0), _connection.Handle);
        SqliteException.ThrowExceptionForRC(
            raw.sqlite3_prepare_v2(_connection.Handle, "PRAGMA data_version", out _statement), _connection.Handle);

        // The first version counts as a commit too: commits from before the watch must not be missed.
        _seen = null;
    }

    private void End(Exception exception)
    {
        lock (_lock)
        {
            _isOver = true;
            if (!_isLooking)
                Close();
        }

        if (ct.IsCancellationRequested)
            _ended.TrySetCanceled(ct);
        else
            _ended.TrySetException(exception);
    }

    private void Close()
    {
        _statement?.Dispose();
        _connection?.Dispose();
        (_statement, _connection) = (null, null);
    }
}
