using System.Collections.Concurrent;
using EventStore.EF.Sqlite.Connections;
using EventStore.EF.Storage;
using EventStore.EF.Threading;

namespace EventStore.EF.Sqlite.Append;

/// <summary>
/// Queues this process's writes to one database file. SQLite has one writer, so one group of writes runs at a time; new writes are
/// collected and then written together, with one flush for all. Waiting writes hold no thread.
/// </summary>
internal sealed class WriteQueue
{
    /// <summary>The most rows in a transaction of several writes, so that no caller waits long for the writes of others.</summary>
    private const int MaxGroupSize = 2000;

    private static readonly ConcurrentDictionary<string, WriteQueue> Queues =
        new(OperatingSystem.IsWindows() ? StringComparer.OrdinalIgnoreCase : StringComparer.Ordinal);

    private readonly Lock _lock = new();
    private readonly Queue<QueuedWrite> _waiting = new();
    private bool _isDraining;

    /// <summary>The queue of a file, which all stores in it share.</summary>
    public static WriteQueue Of(string path) => Queues.GetOrAdd(path, static _ => new());

    /// <summary>Writes; <see langword="null"/> if one plan was refused and nothing was written.</summary>
    public Task<AppendResult[]?> WriteAsync(
        SqliteDatabase database, WriteStatements statements, long groupBytes, IReadOnlyList<StreamPlan> plans, CancellationToken ct)
    {
        var write = new QueuedWrite(database, statements, groupBytes, plans, ct);
        lock (_lock)
        {
            _waiting.Enqueue(write);
            if (_isDraining)
                return write.Task;

            _isDraining = true;
        }

        _ = DetachedTask.RunAsync(DrainAsync);
        return write.Task;
    }

    private async Task DrainAsync()
    {
        var group = new List<QueuedWrite>();
        SqliteWriter? writer = null;
        while (Take(group))
        {
            try
            {
                if (writer is null)
                    writer = new(group[0].Database);
                else
                    await writer.GiveWayAsync().ConfigureAwait(false);

                await writer.WriteAsync(group).ConfigureAwait(false);

                // Lets the callers just answered continue first: if they append again, they join the next group, and the statements stay
                // prepared.
                await Task.Yield();
            }
            catch (Exception exception)
            {
                // The callers get the exception; the queue continues with a new connection.
                foreach (var write in group)
                    write.TrySetException(exception);

                writer?.Dispose();
                writer = null;
            }
        }

        writer?.Dispose();
    }

    private bool Take(List<QueuedWrite> group)
    {
        group.Clear();
        var (size, bytes) = (0, 0L);
        lock (_lock)
        {
            while (_waiting.TryPeek(out var next)
                && (group.Count == 0 || (size + next.Size <= MaxGroupSize && bytes + next.Bytes <= next.GroupBytes)))
            {
                _waiting.Dequeue();
                if (!next.TryTake())
                    continue;

                group.Add(next);
                size += next.Size;
                bytes += next.Bytes;
            }

            _isDraining = group.Count > 0;
        }

        return group.Count > 0;
    }
}
