using System.Collections.Concurrent;

namespace EventStore.EF.Sqlite;

/// <summary>
/// What this process writes to one database file. SQLite has one writer; so one write is on its way at a time, and those that
/// come meanwhile are gathered and written together, with one flush for all. Nobody holds a thread while waiting.
/// </summary>
internal sealed class WriteQueue
{
    /// <summary>The most rows of one transaction made of several writes, so that nobody's answer waits long for the others'.</summary>
    private const int MaxGroupSize = 2000;

    private static readonly ConcurrentDictionary<string, WriteQueue> Queues =
        new(OperatingSystem.IsWindows() ? StringComparer.OrdinalIgnoreCase : StringComparer.Ordinal);

    private readonly Lock _lock = new();
    private readonly Queue<QueuedWrite> _waiting = new();
    private bool _isDraining;

    /// <summary>The queue of a file: one for all stores in it.</summary>
    public static WriteQueue Of(string path) => Queues.GetOrAdd(path, static _ => new());

    /// <summary><see langword="null"/> when one was refused; nothing was written then.</summary>
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

        _ = Apart.RunAsync(DrainAsync);
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

                // The callers just answered go on first: if they append again, they come along, and the writer's statements stay prepared.
                await Task.Yield();
            }
            catch (Exception exception)
            {
                // Whatever it is belongs to the callers; the queue goes on with a new connection.
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
            while (_waiting.TryPeek(out var next) && (group.Count == 0 || (size + next.Size <= MaxGroupSize && bytes + next.Bytes <= next.GroupBytes)))
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
