using System.Diagnostics;
using EventStore.EF.Errors;
using EventStore.EF.Sqlite.Connections;
using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace EventStore.EF.Sqlite.Append;

/// <summary>Carries out the queued writes, one transaction for each group, on a connection that it keeps while there is work.</summary>
internal sealed class SqliteWriter : IDisposable
{
    /// <summary>
    /// The writer pauses after working this long. SQLite has no queue for its lock: others look for it now and then, and hardly find it
    /// free between two transactions of a busy writer.
    /// </summary>
    private static readonly TimeSpan LongestRun = TimeSpan.FromMilliseconds(50);

    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(2);

    private readonly SqliteDatabase _database;
    private readonly SqliteConnection _connection;
    private readonly Dictionary<WriteStatements, WriteCommands> _commands = [];
    private long? _lockedSince;
    private long _gaveWayAt = Stopwatch.GetTimestamp();

    public SqliteWriter(SqliteDatabase database)
    {
        _database = database;
        _connection = database.OpenForWriting();
    }

    /// <summary>
    /// Carries out the writes in one transaction. A write that fails is taken out and written alone after the others, so that no write
    /// suffers from another. Savepoints aren't used for that: inside one, the guard trigger cost 11 microseconds per event instead of 2.
    /// </summary>
    /// <returns>How many were taken out.</returns>
    /// <exception cref="DatabaseFileException">The file was moved, deleted or replaced; nothing more is written.</exception>
    public async Task<int> WriteAsync(IReadOnlyCollection<QueuedWrite> group)
    {
        var together = group.ToList();
        var alone = new List<QueuedWrite>();
        while (together.Count > 1 && await BeginAsync(together).ConfigureAwait(false))
        {
            if (TryWrite(together, out var failed))
            {
                await _database.Files.RequireAsync(_connection).ConfigureAwait(false);
                foreach (var write in together)
                    write.TrySetResult(write.Results);

                together.Clear();
            }

            alone.AddRange(failed);
            together.RemoveAll(failed.Contains);
        }

        foreach (var write in together.Concat(alone))
        {
            if (await BeginAsync([write]).ConfigureAwait(false))
                await WriteAloneAsync(write).ConfigureAwait(false);
        }

        if (_database.Log.IsTooLong)
            _database.Log.Empty(_connection, busyTimeout: 0);

        return alone.Count;
    }

    /// <summary>Leaves the lock to other connections for a moment, after this one has held it nearly all the time.</summary>
    public async ValueTask GiveWayAsync()
    {
        if (Stopwatch.GetElapsedTime(_gaveWayAt) < LongestRun)
            return;

        await Task.Delay(Pause, TimeProvider.System).ConfigureAwait(false);
        _gaveWayAt = Stopwatch.GetTimestamp();
    }

    public void Dispose()
    {
        foreach (var commands in _commands.Values)
            commands.Dispose();

        _connection.Dispose();
    }

    /// <summary>Writes the group; false if it is rolled back, because of one write or, if the commit failed, of all.</summary>
    private bool TryWrite(List<QueuedWrite> group, out IReadOnlyCollection<QueuedWrite> failed)
    {
        failed = [];
        try
        {
            foreach (var write in group)
            {
                failed = [write];
                var outcome = CommandsOf(write).Write(write.Plans);
                if (outcome.IsHalfDone)
                {
                    RollBack();
                    return false;
                }

                write.Results = outcome.Results;
            }

            failed = [.. group];
            Commit(group.Exists(write => write.Results is not null));
        }
        catch (Exception)
        {
            // Each failed write is tried again alone, and then keeps its exception.
            RollBack();
            return false;
        }

        failed = [];
        return true;
    }

    private async Task WriteAloneAsync(QueuedWrite write)
    {
        var commands = CommandsOf(write);
        try
        {
            var results = commands.Write(write.Plans).Results;
            Commit(results is not null);

            // Only a write in the file that others find at the path is acknowledged.
            await _database.Files.RequireAsync(_connection).ConfigureAwait(false);
            write.TrySetResult(results);
        }
        catch (Exception exception)
        {
            RollBack();
            if (commands.IsTaken(exception))
                write.TrySetResult(null);
            else
                write.TrySetException(exception);
        }
    }

    private WriteCommands CommandsOf(QueuedWrite write)
    {
        if (!_commands.TryGetValue(write.Store.Statements, out var commands))
            _commands.Add(write.Store.Statements, commands = new(_connection, write.Store.Statements));

        return commands;
    }

    private void Commit(bool hasWritten) => _connection.Execute(hasWritten ? "COMMIT" : "ROLLBACK");

    /// <summary>Takes the file's write lock; false if no write is left, because each was cancelled or has waited too long.</summary>
    private async ValueTask<bool> BeginAsync(List<QueuedWrite> group)
    {
        try
        {
            await _database.Files.RequireAsync(_connection).ConfigureAwait(false);
            if (!await _connection.ExecuteWhenFreeAsync("BEGIN IMMEDIATE", () => IsAnyLeft(group)).ConfigureAwait(false))
                return false;
        }
        catch (Exception exception)
        {
            WroteNothing.Mark(exception);
            throw;
        }

        _lockedSince = null;
        return true;
    }

    private bool IsAnyLeft(List<QueuedWrite> group)
    {
        var lockedSince = _lockedSince ??= Stopwatch.GetTimestamp();
        group.RemoveAll(write => write.IsGivenUp() || write.IsTooLate(lockedSince));
        return group.Count > 0;
    }

    private void RollBack()
    {
        if (_connection.IsInTransaction())
            raw.sqlite3_exec(_connection.Handle, "ROLLBACK");
    }
}
