using System.Collections.Concurrent;
using System.Data.Common;
using System.Globalization;
using EventStore.EF.Schema;
using EventStore.EF.Storage;
using EventStore.EF.Storage.Sql;
using Microsoft.EntityFrameworkCore;

namespace EventStore.EF.Subscriptions.Definitions;

/// <summary>
/// Maintains the definitions of subscriptions: each is stored with its subscription and is the union of everything that any build has
/// handled, until names are removed. This process adds what its classes handle before it appends anything, and checkpoints are fenced by
/// the definition's number. So no owner passes an event that another build handles and its own build doesn't know.
/// </summary>
internal sealed class DefinitionStore(
    IStorage storage, IDbContextFactory<EventStoreDbContext> contexts, SubscriptionStarts starts, TimeProvider time, string owner)
{
    /// <summary>The time for which a process that could not handle a subscription's events leaves them to others.</summary>
    private static readonly TimeSpan FaultDuration = TimeSpan.FromSeconds(30);

    private readonly SubscriptionStatements _statements = storage.Statements.Subscriptions;

    /// <summary>The handler classes of this process and what they handle, by subscription.</summary>
    private readonly ConcurrentDictionary<(string Name, string Stream), (string Handler, HandledTypes Handles)> _declared = [];

    /// <summary>
    /// The rows of the first partitions, as last seen: they tell what became of a subscription that isn't found by its name.
    /// </summary>
    private readonly ConcurrentDictionary<(string Name, string Stream), long> _rows = [];

    /// <summary>The definition last seen, and whether this process covers it.</summary>
    private readonly ConcurrentDictionary<(string Name, string Stream), (long Number, bool IsCovered)> _seen = [];

    private readonly ConcurrentDictionary<(string Name, string Stream), long> _faults = [];

    /// <summary>Creates the subscription if it doesn't exist, and adds what a class of this process handles to its definition.</summary>
    /// <param name="key">A partition of the subscription.</param>
    /// <param name="handler">The class.</param>
    /// <param name="handles">What the class handles.</param>
    /// <param name="retired">The stored names that are no longer handled.</param>
    /// <param name="start">Where a new subscription starts.</param>
    /// <param name="partitions">How many partitions a new subscription gets.</param>
    /// <param name="ct">Cancels it.</param>
    /// <returns>Whether the definition was changed, so that the other processes must be told.</returns>
    public async Task<bool> DeclareAsync(
        SubscriptionKey key, string handler, HandledTypes handles, IReadOnlyCollection<string> retired, SubscriptionStart start,
        int partitions, CancellationToken ct)
    {
        if (!Safeguards.DefinitionFence)
            return false;

        _declared[Of(key)] = (handler, handles);
        while (true)
        {
            var stored = await FindAsync(key, ct).ConfigureAwait(false);
            if (stored is null)
            {
                // Another process may be faster, with a different definition.
                await CreateAsync(key, start, partitions, ct).ConfigureAwait(false);
                continue;
            }

            var wanted = (stored.Handles ?? HandledTypes.None).Without(retired).And(handles);
            if (stored.Handles is { } known && known.Covers(wanted) && wanted.Covers(known))
                return false;

            if (await TryDefineAsync(key, stored.Number, wanted, ct).ConfigureAwait(false))
                return true;
        }
    }

    /// <summary>Creates the rows of a subscription unless they exist.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The start lies beyond the last event.</exception>
    public async Task CreateAsync(SubscriptionKey key, SubscriptionStart start, int partitions, CancellationToken ct)
    {
        var (position, streamId) = await starts.FindAsync(key, start, ct).ConfigureAwait(false);
        await using var connection = await StoreConnection.OpenAsync(contexts, ct).ConfigureAwait(false);
        await using var create = connection.Command(
            _statements.Create,
            ("name", key.Name.Value), ("stream", key.Stream), ("partitions", partitions), ("position", position), ("stream_id", streamId),
            ("handles", Declared(key)?.ToString()), ("handler", Handler(key)));
        await create.ExecuteNonQueryAsync(ct).ConfigureAwait(false);
    }

    /// <summary>Reads the stored definition; <see langword="null"/> if the subscription doesn't exist.</summary>
    public async Task<StoredDefinition?> FindAsync(SubscriptionKey key, CancellationToken ct)
    {
        await using var connection = await StoreConnection.OpenAsync(contexts, ct).ConfigureAwait(false);
        return await FindAsync(connection, key, ct).ConfigureAwait(false);
    }

    /// <summary>Returns what a class of this process handles; <see langword="null"/> if none has the subscription's name.</summary>
    public HandledTypes? Declared(SubscriptionKey key) => _declared.GetValueOrDefault(Of(key)).Handles;

    /// <summary>Returns the class of this process that handles the subscription; <see langword="null"/> if there is none.</summary>
    public string? Handler(SubscriptionKey key) => _declared.GetValueOrDefault(Of(key)).Handler;

    /// <summary>
    /// Finds the current shape of a subscription that was found once but is no longer found by name; <see langword="null"/> if it is gone
    /// or was never found.
    /// </summary>
    public async Task<SubscriptionShape?> FindShapeAsync(SubscriptionKey key, CancellationToken ct)
    {
        if (!_rows.TryGetValue(Of(key), out var id))
            return null;

        await using var connection = await StoreConnection.OpenAsync(contexts, ct).ConfigureAwait(false);
        return await FindShapeAsync(connection, id, ct).ConfigureAwait(false);
    }

    /// <summary>
    /// Finds the current shape of the subscription whose first partition has this row; <see langword="null"/> if it is gone.
    /// </summary>
    public async Task<SubscriptionShape?> FindShapeAsync(StoreConnection connection, long firstId, CancellationToken ct)
    {
        await using var command = connection.Command(storage.Statements.Shapes.Shape, ("id", firstId));
        await using var reader = await command.ExecuteReaderAsync(ct).ConfigureAwait(false);
        return await reader.ReadAsync(ct).ConfigureAwait(false) ? new(reader.GetString(0), reader.GetInt32(1)) : null;
    }

    /// <summary>Finds the subscription itself, if it exists, and those that it may have been before.</summary>
    public async Task<List<RelatedSubscription>> FindRelativesAsync(SubscriptionKey key, string handler, CancellationToken ct)
    {
        await using var connection = await StoreConnection.OpenAsync(contexts, ct).ConfigureAwait(false);
        await using var command = connection.Command(
            storage.Statements.Shapes.Relatives, ("name", key.Name.Value), ("stream", key.Stream), ("handler", handler));
        await using var reader = await command.ExecuteReaderAsync(ct).ConfigureAwait(false);
        var relatives = new List<RelatedSubscription>();
        while (await reader.ReadAsync(ct).ConfigureAwait(false))
            relatives.Add(new(reader.GetString(0), reader.GetString(1), reader.GetInt32(2), reader.GetInt64(3), reader.GetBoolean(4)));

        return relatives;
    }

    /// <summary>Whether this process handles the whole definition, as far as it knows.</summary>
    public bool IsCovered(SubscriptionKey key, StoredDefinition definition)
    {
        var isCovered = definition.Handles is not { } handles || Declared(key) is not { } declared || declared.Covers(handles);
        _seen[Of(key)] = (definition.Number, isCovered);
        return isCovered && !HasFailed(key);
    }

    /// <summary>Whether this process handles the whole definition of this number, which is looked up unless it was seen before.</summary>
    public async ValueTask<bool> IsCoveredAsync(StoreConnection connection, SubscriptionKey key, long number, CancellationToken ct)
    {
        if (_seen.TryGetValue(Of(key), out var seen) && seen.Number == number)
            return seen.IsCovered && !HasFailed(key);

        return await FindAsync(connection, key, ct).ConfigureAwait(false) is { } definition && IsCovered(key, definition);
    }

    /// <summary>
    /// Records that this process cannot handle its events, or that it can again: until it can, or for a while, it leaves the subscription
    /// to others.
    /// </summary>
    public void Failed(SubscriptionKey key, bool hasFailed)
    {
        if (hasFailed)
            _faults[Of(key)] = time.GetTimestamp();
        else
            _faults.TryRemove(Of(key), out _);
    }

    private static (string Name, string Stream) Of(SubscriptionKey key) => (key.Name.Value, key.Stream);

    private bool HasFailed(SubscriptionKey key)
        => _faults.TryGetValue(Of(key), out var at) && time.GetElapsedTime(at) < FaultDuration;

    private async Task<StoredDefinition?> FindAsync(StoreConnection connection, SubscriptionKey key, CancellationToken ct)
    {
        await using var command = connection.Command(_statements.Definition, ("name", key.Name.Value), ("stream", key.Stream));
        await using var reader = await command.ExecuteReaderAsync(ct).ConfigureAwait(false);
        if (!await reader.ReadAsync(ct).ConfigureAwait(false))
            return null;

        var partitions = Convert.ToInt32(reader.GetValue(0), CultureInfo.InvariantCulture);
        var id = _rows[Of(key)] = reader.GetInt64(3);
        return new(partitions, reader.GetInt64(1), HandledTypes.Parse(reader.IsDBNull(2) ? null : reader.GetString(2)), id);
    }

    private async Task<bool> TryDefineAsync(SubscriptionKey key, long number, HandledTypes handles, CancellationToken ct)
    {
        await using var connection = await StoreConnection.OpenAsync(contexts, ct).ConfigureAwait(false);
        await using var define = connection.Command(
            _statements.Define,
            ("name", key.Name.Value), ("stream", key.Stream), ("definition", number), ("handles", handles.ToString()), ("owner", owner));
        return await define.ExecuteNonQueryAsync(ct).ConfigureAwait(false) > 0;
    }
}
