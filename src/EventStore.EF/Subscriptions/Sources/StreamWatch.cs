using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Logging;

namespace EventStore.EF;

/// <summary>
/// Looks whether subscribed streams have anything new: one query for all of them, whatever their number, when this process or another has
/// appended, and every polling interval. Links show in a stream's version and nowhere else.
/// </summary>
internal sealed partial class StreamWatch(
    IStorage storage, IDbContextFactory<EventStoreDbContext> contexts, WakeUp wakeUp, EventStoreOptions options, TimeProvider time,
    ILogger<StreamWatch> logger)
{
    /// <summary>The first wait after an append in a caller's open transaction, doubled up to the polling interval: its commit tells nobody.</summary>
    private static readonly TimeSpan FirstLook = TimeSpan.FromMilliseconds(1);

    private readonly Lock _lock = new();
    private readonly Dictionary<LiveBuffer, Watched> _watched = [];
    private readonly Signal _added = new();

    /// <summary>Tells the buffer to catch up from storage, once, as soon as the stream has more than <paramref name="number"/> or is another.</summary>
    public void Add(LiveBuffer buffer, StreamName stream, long? streamId, long number)
    {
        lock (_lock)
        {
            buffer.Start(number);
            _watched[buffer] = new(stream.Value, streamId, number);
        }

        _added.Set();
        wakeUp.Streams.Set();
    }

    public void Remove(LiveBuffer buffer)
    {
        lock (_lock)
            _watched.Remove(buffer);
    }

    /// <summary>Looks until cancelled. Trouble with the database is logged and tried again.</summary>
    public async Task RunAsync(CancellationToken ct)
    {
        var look = options.PollingInterval;
        var expected = 0L;
        while (true)
        {
            string[] names;
            lock (_lock)
                names = [.. _watched.Values.Select(watched => watched.Stream).Distinct(StringComparer.Ordinal)];

            if (names.Length == 0)
            {
                await _added.WaitAsync(ct).ConfigureAwait(false);
                continue;
            }

            try
            {
                await LookAsync(names, ct).ConfigureAwait(false);
            }
            catch (Exception exception) when (!ct.IsCancellationRequested)
            {
                _ = storage.Classify(exception);
                LogLookFailed(logger, options.PollingInterval, exception);
            }

            var uncommitted = wakeUp.Uncommitted;
            look = uncommitted > expected ? FirstLook : look * 2 < options.PollingInterval ? look * 2 : options.PollingInterval;
            expected = uncommitted;
            await wakeUp.Streams.WaitAsync(look, time, ct).ConfigureAwait(false);
        }
    }

    private async Task LookAsync(string[] names, CancellationToken ct)
    {
        await using var context = await contexts.CreateDbContextAsync(ct).ConfigureAwait(false);
        var heads = await context.Streams
            .Where(stream => names.Contains(stream.Name))
            .Select(stream => new { stream.Name, stream.Id, stream.Version, IsDeleted = stream.DeletedAt != null })
            .ToDictionaryAsync(stream => stream.Name, StringComparer.Ordinal, ct)
            .ConfigureAwait(false);
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

    private sealed record Watched(string Stream, long? StreamId, long Number);

    [LoggerMessage(LogLevel.Warning, "It could not be seen whether subscribed streams have new events; the next try is within {Delay}")]
    private static partial void LogLookFailed(ILogger logger, TimeSpan delay, Exception exception);
}
