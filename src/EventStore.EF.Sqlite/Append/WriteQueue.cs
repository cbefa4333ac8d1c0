using System.Collections.Concurrent;

namespace EventStore.EF.Sqlite;

/// <summary>
/// The appends of this process to one database file. SQLite has one writer; so one append is on its way at a time, and those that
/// come meanwhile are gathered and written together, with one flush for all. Nobody holds a thread while waiting.
/// </summary>
internal sealed class WriteQueue
{
    /// <summary>The most events of one transaction made of several appends, so that nobody's answer waits long for the others'.</summary>
    private const int MaxGroupEvents = 2000;

    private static readonly ConcurrentDictionary<string, WriteQueue> Queues =
        new(OperatingSystem.IsWindows() ? StringComparer.OrdinalIgnoreCase : StringComparer.Ordinal);

    private readonly Lock _lock = new();
    private readonly Queue<PendingAppend> _waiting = new();
    private bool _isDraining;

    /// <summary>The queue of a file: one for all stores in it.</summary>
    public static WriteQueue Of(string path) => Queues.GetOrAdd(path, static _ => new());

    public Task<AppendResult?> AppendAsync(SqliteDatabase database, AppendStatements statements, AppendPlan plan, CancellationToken ct)
    {
        var append = new PendingAppend(database, statements, plan, ct);
        lock (_lock)
        {
            _waiting.Enqueue(append);
            if (_isDraining)
                return append.Task;

            _isDraining = true;
        }

        _ = Task.Run(DrainAsync, CancellationToken.None);
        return append.Task;
    }

    private async Task DrainAsync()
    {
        var group = new List<PendingAppend>();
        SqliteWriter? writer = null;
        while (Take(group))
        {
            try
            {
                writer ??= new(group[0].Database);
                await writer.WriteAsync(group).ConfigureAwait(false);
            }
            catch (Exception exception)
            {
                // Whatever it is belongs to the callers; the queue goes on with a new connection.
                foreach (var append in group)
                    append.TrySetException(exception);

                writer?.Dispose();
                writer = null;
            }
        }

        writer?.Dispose();
    }

    private bool Take(List<PendingAppend> group)
    {
        group.Clear();
        var events = 0;
        lock (_lock)
        {
            while (_waiting.TryPeek(out var next) && (group.Count == 0 || events + next.Plan.Events.Count <= MaxGroupEvents))
            {
                _waiting.Dequeue();
                if (!next.TryTake())
                    continue;

                group.Add(next);
                events += next.Plan.Events.Count;
            }

            _isDraining = group.Count > 0;
        }

        return group.Count > 0;
    }
}
