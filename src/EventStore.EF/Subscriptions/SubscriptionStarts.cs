using Microsoft.EntityFrameworkCore;

namespace EventStore.EF;

/// <summary>Finds where a new subscription begins.</summary>
internal sealed class SubscriptionStarts(IStorage storage, IDbContextFactory<EventStoreDbContext> contexts, EventStoreOptions options, TimeProvider time)
{
    private static readonly TimeSpan FirstLook = TimeSpan.FromMilliseconds(1);

    /// <summary>The place after which it begins, and the id of the stream in which that is counted.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The start lies beyond the last event.</exception>
    public async Task<(long Place, long? StreamId)> FindAsync(SubscriptionKey key, SubscriptionStart start, CancellationToken ct)
    {
        if (!key.IsAll)
        {
            var (streamId, version) = await StreamHeadAsync(key.Stream, ct).ConfigureAwait(false);
            return (start.Place is { } number ? Checked(number, version, $"stream '{key.Stream}'") : version, streamId);
        }

        return start.Place switch
        {
            0 => (0, null),
            { } position => (Checked(position, await HighestAsync(ct).ConfigureAwait(false), "the store"), null),
            null => (await SettledHeadAsync(ct).ConfigureAwait(false), null),
        };

        long Checked(long place, long last, string where)
            => place <= last ? place : throw new ArgumentOutOfRangeException(
                nameof(start), place, $"Subscription '{key.Name}' is to begin after {place}, but the last event of {where} is {last}.");
    }

    /// <summary>The id and version of a stream; no id and 0 while it is missing.</summary>
    public async Task<(long? Id, long Version)> StreamHeadAsync(string stream, CancellationToken ct)
    {
        await using var connection = await StoreConnection.OpenAsync(contexts, ct).ConfigureAwait(false);
        await using var command = connection.Command(storage.Statements.Subscriptions.StreamHead, ("stream", stream));
        await using var reader = await command.ExecuteReaderAsync(ct).ConfigureAwait(false);
        return await reader.ReadAsync(ct).ConfigureAwait(false) ? (reader.GetInt64(0), reader.GetInt64(1)) : (null, 0);
    }

    /// <summary>The highest visible position; 0 in an empty store.</summary>
    public async Task<long> HighestAsync(CancellationToken ct)
    {
        var page = await storage.ReadAllAsync(new(ReadDirection.Backward, long.MaxValue, 1, EventFilter.All), ct).ConfigureAwait(false);
        return page.Events is [var last] ? last.Position : 0;
    }

    /// <summary>
    /// The last settled position, with everything visible at or below it. While an open transaction holds earlier events back, those are
    /// waited for: they are appended after this call, and passing them over would lose them.
    /// </summary>
    private async Task<long> SettledHeadAsync(CancellationToken ct)
    {
        var from = await HighestAsync(ct).ConfigureAwait(false);
        for (var look = FirstLook; ; look = look * 2 < options.PollingInterval ? look * 2 : options.PollingInterval)
        {
            // Filtered, because only a filtered page's end is a settled position even where earlier positions are missing.
            var page = await storage.ReadAllAsync(new(ReadDirection.Forward, from, 100, Nothing), ct).ConfigureAwait(false);
            if (page is { IsEnd: true, IsHeldBack: false })
                return page.Through;

            if (page.IsHeldBack)
                await Task.Delay(look, time, ct).ConfigureAwait(false);
            else
                from = page.Through + 1;
        }
    }

    private static EventFilter Nothing { get; } = EventFilter.Types("$nothing");
}
