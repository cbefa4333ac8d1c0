using EventStore.EF.Schema;
using EventStore.EF.Storage;
using Microsoft.EntityFrameworkCore;

namespace EventStore.EF.Subscriptions.Definitions;

/// <summary>Finds the position at which a new subscription starts.</summary>
internal sealed class SubscriptionStarts(IStorage storage, IDbContextFactory<EventStoreDbContext> contexts)
{
    /// <summary>Returns the position after which the subscription starts, and the id of the stream whose numbers are counted.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The start lies beyond the last event.</exception>
    public async Task<(long Place, long? StreamId)> FindAsync(SubscriptionKey key, SubscriptionStart start, CancellationToken ct)
    {
        if (!key.IsAll)
        {
            var (streamId, version) = await StreamHeadAsync(key.Stream, ct).ConfigureAwait(false);
            return (start.Position is { } number ? Checked(number, version, $"stream '{key.Stream}'") : version, streamId);
        }

        return start.Position switch
        {
            0 => (0, null),
            { } position => (Checked(position, await HighestAsync(ct).ConfigureAwait(false), "the store"), null),
            null => (await (Safeguards.SettledStart ? storage.ReadSettledAsync(ct) : HighestAsync(ct)).ConfigureAwait(false), null),
        };

        long Checked(long place, long last, string where)
            => place <= last ? place : throw new ArgumentOutOfRangeException(
                nameof(start), place, $"Subscription '{key.Name}' is to start after {place}, but the last event of {where} is {last}.");
    }

    /// <summary>Returns the id and version of a stream; no id and 0 if the stream doesn't exist.</summary>
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
}
