using System.Diagnostics;
using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace EventStore.EF.Sqlite;

/// <summary>Writes appends, one transaction for a group of them, on a connection that it keeps while there is work.</summary>
internal sealed class SqliteWriter : IDisposable
{
    private readonly SqliteDatabase _database;
    private readonly SqliteConnection _connection;
    private readonly Dictionary<AppendStatements, AppendCommands> _commands = [];

    public SqliteWriter(SqliteDatabase database)
    {
        _database = database;
        _connection = database.Open();
        try
        {
            // The journal mode stays with the file; it is set here for a file that an application made before the store came.
            _connection.Execute("PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL");
            // This connection waits for other writers without holding a thread.
            raw.sqlite3_busy_timeout(_connection.Handle, 0);
        }
        catch
        {
            _connection.Dispose();
            throw;
        }
    }

    public async Task WriteAsync(List<PendingAppend> group)
    {
        await BeginAsync().ConfigureAwait(false);
        try
        {
            foreach (var append in group)
                Write(append);

            _connection.Execute(group.Exists(append => append.Result is not null) ? "COMMIT" : "ROLLBACK");
        }
        catch when (group.Count > 1)
        {
            RollBack();
            // Nobody pays for a neighbour: what failed as a whole is repeated one by one.
            foreach (var append in group)
                await WriteAloneAsync(append).ConfigureAwait(false);
        }
        catch
        {
            RollBack();
            throw;
        }

        foreach (var append in group)
            append.Complete();
    }

    public void Dispose()
    {
        foreach (var commands in _commands.Values)
            commands.Dispose();

        _connection.Dispose();
    }

    private void Write(PendingAppend append)
    {
        if (!_commands.TryGetValue(append.Statements, out var commands))
            _commands.Add(append.Statements, commands = new(_connection, append.Statements));

        try
        {
            append.Result = commands.Append(append.Plan);
        }
        catch (Exception exception) when (_connection.IsInTransaction())
        {
            append.Error = exception;
        }
    }

    private async Task WriteAloneAsync(PendingAppend append)
    {
        append.Result = null;
        append.Error = null;
        try
        {
            await WriteAsync([append]).ConfigureAwait(false);
        }
        catch (Exception exception)
        {
            append.Error = exception;
        }
    }

    /// <summary>Takes the file's write lock, waiting for other processes a millisecond at a time.</summary>
    private async Task BeginAsync()
    {
        var since = Stopwatch.GetTimestamp();
        while (!_connection.TryExecute("BEGIN IMMEDIATE"))
        {
            if (Stopwatch.GetElapsedTime(since) > _database.BusyTimeout)
                throw new SqliteException($"Another process has held the write lock of '{_database.Path}' for {_database.BusyTimeout}.", raw.SQLITE_BUSY);

            // The system's clock on purpose: a lock of another process doesn't wait for a clock made by a test.
            await Task.Delay(TimeSpan.FromMilliseconds(1), TimeProvider.System).ConfigureAwait(false);
        }
    }

    private void RollBack()
    {
        if (_connection.IsInTransaction())
            raw.sqlite3_exec(_connection.Handle, "ROLLBACK");
    }
}
