using System.Collections.Concurrent;
using EventStore.EF.Storage;
using EventStore.EF.Storage.Sql;
using EventStore.EF.Threading;
using Microsoft.Extensions.Logging;

namespace EventStore.EF.Subscriptions.Sources;

/// <summary>
/// Checks whether subscribed streams have anything new: one query for all of them, whenever this process or another has appended, and every
/// polling interval. Links show only in a stream's version. The same query tells the <see cref="TailReader"/> whether there is anything new
/// at all: an idle process asks once per interval, whatever it reads.
/// </summary>
internal sealed partial class StreamPoller(
    IStorage storage, BackgroundConnections background, AppendNotifier notifier, TailReader tail, LoopMonitor loops,
    EventStoreOptions options, TimeProvider time, ILogger logger)
{
    /// <summary>
    /// The first wait after an append in a caller's open transaction, whose commit is not announced; doubled up to the polling interval.
    /// </summary>
    private static readonly TimeSpan FirstLook = TimeSpan.FromMilliseconds(1);

    private readonly Lock _lock = new();
    private readonly Dictionary<LiveBuffer, Watched> _watched = [];
    private readonly ConcurrentDictionary<StreamPageQuery, Lazy<Task<StreamPage>>> _reading = new();
    private readonly Loop _loop = loops.Get("stream poller");
    private long _highest;
    private long _incarnation = storage.Incarnation;

    /// <summary>
    /// Tells the buffer to catch up from storage, once, as soon as the stream has more than <paramref name="number"/> or is a different
    /// one.
    /// </summary>
    public void Add(LiveBuffer buffer, StreamName stream, long? streamId, long number)
    {
        lock (_lock)
        {
            buffer.Start(number);
            _watched[buffer] = new(stream.Value, streamId, number);
        }

        notifier.Streams.Set();
    }

    public void Remove(LiveBuffer buffer)
    {
        lock (_lock)
            _watched.Remove(buffer);
    }

    /// <summary>
    /// Reads a page of a stream. Many subscriptions to one stream want the same page at the same time, and share it. It may be a moment
    /// older than the request: the next look finds what came since.
    /// </summary>
    public Task<StreamPage> ReadAsync(StreamPageQuery query, CancellationToken ct)
        => _reading.GetOrAdd(query, asked => new(() => ReadSharedAsync(asked))).Value.WaitAsync(ct);

    /// <summary>Looks until cancelled. Trouble with the database is logged and retried.</summary>
    public Task RunAsync(CancellationToken ct) => _loop.RunAsync(PollAsync, ct);

    private async Task PollAsync(CancellationToken ct)
    {
        var look = options.PollingInterval;
        var expected = 0L;
        var isTold = true;
        while (true)
        {
            string[] streams;
            lock (_lock)
                streams = [.. _watched.Values.Select(watched => watched.Stream).Distinct(StringComparer.Ordinal)];

            if (streams.Length == 0 && tail.Position is null)
            {
                _loop.Waits();
                await notifier.Streams.WaitAsync(ct).ConfigureAwait(false);
                continue;
            }

            _loop.Works();

            // Announced appends wake the reader of all events too.
            if (streams.Length > 0 || !isTold)
                await TryLookAsync(streams, isTold, ct).ConfigureAwait(false);

            var uncommitted = notifier.Uncommitted;
            look = streams.Length > 0 && uncommitted > expected ? FirstLook
                : Backoff.Doubled(look, options.PollingInterval);
            expected = uncommitted;
            _loop.Waits(look);
            isTold = await notifier.Streams.WaitAsync(look, time, ct).ConfigureAwait(false);
        }
    }

    private async Task<StreamPage> ReadSharedAsync(StreamPageQuery query)
    {
        try
        {
            return await storage.ReadStreamAsync(query, null, CancellationToken.None).ConfigureAwait(false);
        }
        finally
        {
            _reading.TryRemove(query, out _);
        }
    }

    private async Task TryLookAsync(string[] streams, bool isTold, CancellationToken ct)
    {
        try
        {
            var (heads, highest) = await ReadHeadsAsync(streams, ct).ConfigureAwait(false);
            Tell(heads);
            if (!isTold && (highest != _highest || highest > tail.Position))
                notifier.Events.Set();

            _highest = highest;

            // The server that answers now may be behind what was already handed out. Each subscription finds out where to continue.
            if (storage.Incarnation != _incarnation)
            {
                _incarnation = storage.Incarnation;
                GiveUp();
            }
        }
        catch (Exception exception) when (!ct.IsCancellationRequested)
        {
            _ = storage.Classify(exception);
            LogLookFailed(logger, options.PollingInterval, exception);

            // The server that answers next may be behind what was read.
            notifier.Events.Set();
        }
    }

    private async Task<(Dictionary<string, Head> Streams, long Highest)> ReadHeadsAsync(string[] streams, CancellationToken ct)
    {
        await using var connection = await background.OpenAsync(ct).ConfigureAwait(false);
        await using var command = connection.Command(storage.Statements.Subscriptions.Heads, ("streams", JsonLists.Names(streams)));
        await using var reader = await command.ExecuteReaderAsync(ct).ConfigureAwait(false);
        var (heads, highest) = (new Dictionary<string, Head>(StringComparer.Ordinal), 0L);
        while (await reader.ReadAsync(ct).ConfigureAwait(false))
        {
            if (!reader.IsDBNull(0))
            {
                heads.Add(reader.GetString(0), new(reader.GetInt64(1), reader.GetInt64(2), reader.GetBoolean(3)));
                continue;
            }

            highest = reader.GetInt64(2);
            if (!reader.IsDBNull(4))
                storage.Observe(reader.GetString(4));
        }

        return (heads, highest);
    }

    private void Tell(Dictionary<string, Head> heads)
    {
        lock (_lock)
        {
            foreach (var (buffer, watched) in _watched)
            {
                // A missing stream doesn't exist yet, or was removed and may come again.
                if (!heads.TryGetValue(watched.Stream, out var head))
                    continue;

                if (head.IsDeleted || head.Version > watched.Number || (watched.StreamId is { } known && known != head.Id))
                {
                    _watched.Remove(buffer);
                    buffer.GiveUp();
                }
            }
        }
    }

    private void GiveUp()
    {
        lock (_lock)
        {
            foreach (var buffer in _watched.Keys)
                buffer.GiveUp();

            _watched.Clear();
        }
    }

    private readonly record struct Head(long Id, long Version, bool IsDeleted);

    private sealed record Watched(string Stream, long? StreamId, long Number);

    [LoggerMessage(2004, LogLevel.Warning, "The check for new events failed; the next attempt is within {Delay}")]
    private static partial void LogLookFailed(ILogger logger, TimeSpan delay, Exception exception);
}
