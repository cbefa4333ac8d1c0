using System.Diagnostics;
using EventStore.EF.Sqlite.Connections;
using EventStore.EF.Sqlite.Order;
using EventStore.EF.Storage;
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

    private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private SqliteConnection? _connection;
    private SqliteCommand? _command;
    private long? _seen;
    private long _seenAt = Stopwatch.GetTimestamp();

    /// <summary>Looks until cancelled or until the database fails.</summary>
    public async Task RunAsync()
    {
        PollingThread.Add(this);
        await using var registration = ct.Register(() => PollingThread.Remove(this)).ConfigureAwait(false);
        await _ended.Task.ConfigureAwait(false);
    }

    public TimeSpan? Poll()
    {
        try
        {
            ct.ThrowIfCancellationRequested();
            if (_connection is null)
                Open();

            Look();
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
            return null;
        }

        var quiet = Stopwatch.GetElapsedTime(_seenAt);
        return quiet < TimeSpan.FromSeconds(1) ? Busy : quiet < TimeSpan.FromMinutes(1) ? Active : Quiet;
    }

    public void Removed() => End(new OperationCanceledException(ct));

    private void Open()
    {
        // The value belongs to the connection, so this needs a dedicated one.
        _connection = database.OpenDedicated();
        _command = (SqliteCommand)_connection.Command("PRAGMA data_version");

        // Others wait for the same thread.
        SqliteException.ThrowExceptionForRC(raw.sqlite3_busy_timeout(_connection.Handle, 5), _connection.Handle);
        _command.CommandTimeout = 1;

        // The first value counts as a commit too: commits from before the watch must not be missed.
        _seen = null;
    }

    private void Look()
    {
        database.Files.Look(_connection!);
        var version = (long)_command!.ExecuteScalar()!;
        if (version == _seen)
            return;

        history.Look(_connection!);
        _seen = version;
        _seenAt = Stopwatch.GetTimestamp();
        if (database.Log.IsTooLong)
            database.Log.Empty(_connection!, busyTimeout: 5);

        committed();
    }

    private void End(Exception exception)
    {
        Close();
        if (ct.IsCancellationRequested)
            _ended.TrySetCanceled(ct);
        else
            _ended.TrySetException(exception);
    }

    private void Close()
    {
        _command?.Dispose();
        _connection?.Dispose();
        (_command, _connection) = (null, null);
    }
}
