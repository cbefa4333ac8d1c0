using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;

namespace EventStore.EF;

/// <summary>
/// Looks whether subscribed streams have anything new: one query for all of them, whatever their number, when this process or another has
/// appended, and every polling interval. Links show in a stream's version and nowhere else. The same query tells whether there is anything new
/// at all, for the <see cref="TailReader"/>: an idle process asks once an interval, whatever it reads.
/// </summary>
internal sealed partial class StreamWatch(
    IStorage storage, BackgroundConnections background, WakeUp wakeUp, TailReader tail, EventStoreOptions options, TimeProvider time,
    ILogger<StreamWatch> logger)
{
    /// <summary>The first wait after an append in a caller's open transaction, doubled up to the polling interval: its commit tells nobody.</summary>
    private static readonly TimeSpan FirstLook = TimeSpan.FromMilliseconds(1);

    private readonly Lock _lock = new();
    private readonly Dictionary<LiveBuffer, Watched> _watched = [];
    private readonly ConcurrentDictionary<StreamPageQuery, Lazy<Task<StreamPage>>> _reading = new();
    private long _highest;
    private long _life = storage.Life;

    /// <summary>Tells the buffer to catch up from storage, once, as soon as the stream has more than <paramref name="number"/> or is another.</summary>
    public void Add(LiveBuffer buffer, StreamName stream, long? streamId, long number)
    {
        lock (_lock)
        {
            buffer.Start(number);
            _watched[buffer] = new(stream.Value, streamId, number);
        }

        wakeUp.Streams.Set();
    }

    public void Remove(LiveBuffer buffer)
    {
        lock (_lock)
            _watched.Remove(buffer);
    }

    /// <summary>
    /// Reads a page of a stream. Many subscriptions to one stream want the same page at the same time, and share it. It may be a moment older than
    /// the question: what came since is seen by the next look.
    /// </summary>
    public Task<StreamPage> ReadAsync(StreamPageQuery query, CancellationToken ct)
        => _reading.GetOrAdd(query, asked => new(() => ReadSharedAsync(asked))).Value.WaitAsync(ct);

    /// <summary>Looks until cancelled. Trouble with the database is logged and tried again.</summary>
    public async Task RunAsync(CancellationToken ct)
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
                await wakeUp.Streams.WaitAsync(ct).ConfigureAwait(false);
                continue;
            }

            // The reader of all events is told of them too.
            if (streams.Length > 0 || !isTold)
                await TryLookAsync(streams, isTold, ct).ConfigureAwait(false);

            var uncommitted = wakeUp.Uncommitted;
            look = streams.Length > 0 && uncommitted > expected ? FirstLook : look * 2 < options.PollingInterval ? look * 2 : options.PollingInterval;
            expected = uncommitted;
            isTold = await wakeUp.Streams.WaitAsync(look, time, ct).ConfigureAwait(false);
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
                wakeUp.Events.Set();

            _highest = highest;

            // Whoever answers now may be behind what was handed out already. Each subscription sees for itself where to go on.
            if (storage.Life != _life)
            {
                _life = storage.Life;
                GiveUp();
            }
        }
        catch (Exception exception) when (!ct.IsCancellationRequested)
        {
            _ = storage.Classify(exception);
            LogLookFailed(logger, options.PollingInterval, exception);

            // Who answers next may be behind what was read.
            wakeUp.Events.Set();
        }
    }

    private async Task<(Dictionary<string, Head> Streams, long Highest)> ReadHeadsAsync(string[] streams, CancellationToken ct)
    {
        await using var connection = await background.OpenAsync(ct).ConfigureAwait(false);
        await using var command = connection.Command(storage.Statements.Subscriptions.Heads, ("streams", HeartbeatJson.Names(streams)));
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
                storage.Met(reader.GetString(4));
        }

        return (heads, highest);
    }

    private void Tell(Dictionary<string, Head> heads)
    {
        lock (_lock)
        {
            foreach (var (buffer, watched) in _watched)
            {
                // A missing stream is one that doesn't exist yet, or one that was removed and may come again.
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

    [LoggerMessage(LogLevel.Warning, "It could not be seen whether there are new events; the next try is within {Delay}")]
    private static partial void LogLookFailed(ILogger logger, TimeSpan delay, Exception exception);
}
