using System.Diagnostics;
using EventStore.EF.Storage;
using EventStore.EF.Telemetry;
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

    private static readonly Dictionary<string, WriteQueue> Queues =
        new(OperatingSystem.IsWindows() ? StringComparer.OrdinalIgnoreCase : StringComparer.Ordinal);

    private static readonly Lock Sharing = new();

    private readonly Lock _lock = new();
    private readonly Queue<QueuedWrite> _waiting = new();
    private readonly string _path;
    private int _stores;
    private bool _isDraining;

    private WriteQueue(string path) => _path = path;

    /// <summary>The turns of this process's writers to the file.</summary>
    public WriteTurns Turns { get; } = new();

    /// <summary>Joins the queue of a file, which all stores in it share. Call <see cref="Leave"/> in the end.</summary>
    public static WriteQueue Join(string path)
    {
        lock (Sharing)
        {
            if (!Queues.TryGetValue(path, out var queue))
                Queues.Add(path, queue = new(path));

            queue._stores++;
            return queue;
        }
    }

    /// <summary>The queue of a file; <see langword="null"/> if this process has no store in it.</summary>
    public static WriteQueue? Find(string path)
    {
        lock (Sharing)
            return Queues.GetValueOrDefault(path);
    }

    /// <summary>Leaves the queue. True if no store of this process is left in the file.</summary>
    public bool Leave()
    {
        lock (Sharing)
            return --_stores == 0 && Queues.Remove(_path);
    }

    /// <summary>Writes; <see langword="null"/> if one plan was refused and nothing was written.</summary>
    public Task<AppendResult[]?> WriteAsync(StoreWrites store, IReadOnlyList<StreamPlan> plans, CancellationToken ct)
    {
        var write = new QueuedWrite(store, plans, ct);
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
        while (true)
        {
            // Before the group is taken: what arrives during the wait joins it.
            var turn = await Turns.TakeAsync(CancellationToken.None).ConfigureAwait(false);
            var hasWork = Take(group);
            if (hasWork)
            {
                writer = await (Tracing.IsListenedTo ? WriteInSpanAsync(group, writer) : WriteAsync(group, writer, null))
                    .ConfigureAwait(false);
            }

            turn?.End();
            if (!hasWork)
                break;

            // Lets the callers just answered continue first: if they append again, they join the next group, and the statements stay
            // prepared.
            await Task.Yield();
            if (writer is not null)
                await writer.GiveWayAsync().ConfigureAwait(false);
        }

        writer?.Dispose();
    }

    private static async Task<SqliteWriter?> WriteInSpanAsync(List<QueuedWrite> group, SqliteWriter? writer)
    {
        using var span = GroupSpan.Start([.. group.Select(write => write.Span)]);
        return await WriteAsync(group, writer, span).ConfigureAwait(false);
    }

    /// <summary>Writes a group. Returns the writer for the next one; <see langword="null"/> if it failed.</summary>
    private static async Task<SqliteWriter?> WriteAsync(List<QueuedWrite> group, SqliteWriter? writer, Activity? span)
    {
        try
        {
            group[0].Store.Meter.Grouped(group.Count);
            writer ??= new(group[0].Store.Database);
            GroupSpan.LeaveOut(span, await writer.WriteAsync(group).ConfigureAwait(false));
            return writer;
        }
        catch (Exception exception)
        {
            // The callers get the exception; the queue continues with a new connection.
            GroupSpan.Fail(span, exception);
            foreach (var write in group)
                write.TrySetException(exception);

            writer?.Dispose();
            return null;
        }
    }

    private bool Take(List<QueuedWrite> group)
    {
        group.Clear();
        var (size, bytes) = (0, 0L);
        lock (_lock)
        {
            while (_waiting.TryPeek(out var next)
                && (group.Count == 0 || (size + next.Size <= MaxGroupSize && bytes + next.Bytes <= next.Store.GroupBytes)))
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
