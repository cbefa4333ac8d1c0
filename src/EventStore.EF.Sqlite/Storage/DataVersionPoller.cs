using EventStore.EF.Sqlite.Connections;
using EventStore.EF.Sqlite.Order;
using EventStore.EF.Storage;
using Microsoft.Data.Sqlite;

namespace EventStore.EF.Sqlite.Storage;

/// <summary>
/// Detects commits of other connections by <c>PRAGMA data_version</c>, a look at shared memory that takes 5 microseconds. SQLite has no
/// notifications, and watching the file would miss writes through mapped memory.
/// </summary>
/// <remarks>
/// It uses a dedicated thread and the system's clock, because a timer wakes the thread pool, whose workers spin before they sleep again. At
/// a hundred looks a second, that took 4 % of a core; the thread takes 0.7 %.
/// </remarks>
internal sealed class DataVersionPoller(SqliteDatabase database, StoreHistory history)
{
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(10);

    public Task RunAsync(Action committed, CancellationToken ct)
        => Task.Factory.StartNew(() => Run(committed, ct), ct, TaskCreationOptions.LongRunning, TaskScheduler.Default);

    private void Run(Action committed, CancellationToken ct)
    {
        while (true)
        {
            // The value belongs to the connection, so this watch needs a dedicated one.
            using var connection = database.OpenDedicated();
            Run(connection, committed, ct);
        }
    }

    /// <summary>Returns when another file has replaced the open one.</summary>
    private void Run(SqliteConnection connection, Action committed, CancellationToken ct)
    {
        using var command = connection.Command("PRAGMA data_version");

        // The first value counts as a commit too: commits from before the watch must not be missed.
        for (long? seen = null; ; ct.WaitHandle.WaitOne(Interval))
        {
            ct.ThrowIfCancellationRequested();
            try
            {
                database.Files.Look(connection);
            }
            catch (DatabaseFileException exception) when (exception.IsExchanged)
            {
                return;
            }

            var version = (long)command.ExecuteScalar()!;
            if (version == seen)
                continue;

            seen = version;
            history.Look(connection);
            committed();
        }
    }
}
