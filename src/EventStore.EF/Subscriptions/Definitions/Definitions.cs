using System.Collections.Concurrent;
using System.Data.Common;
using System.Globalization;
using Microsoft.EntityFrameworkCore;

namespace EventStore.EF;

/// <summary>
/// What subscriptions handle: stored with them, the union of what all builds have handled that ever ran, until somebody takes names out. This
/// process writes what its classes handle before it appends anything; checkpoints are fenced by the definition's number. So no owner passes an
/// event of a type that another build handles and its own doesn't know.
/// </summary>
internal sealed class Definitions(IStorage storage, IDbContextFactory<EventStoreDbContext> contexts, SubscriptionStarts starts, TimeProvider time, string owner)
{
    /// <summary>For so long a process that could not handle a subscription's events leaves them to others.</summary>
    private static readonly TimeSpan FaultDuration = TimeSpan.FromSeconds(30);

    private readonly SubscriptionStatements _statements = storage.Statements.Subscriptions;

    /// <summary>What the classes of this process handle, by subscription.</summary>
    private readonly ConcurrentDictionary<(string Name, string Stream), HandledTypes> _declared = [];

    /// <summary>The definition that was seen last, and whether this process covers it.</summary>
    private readonly ConcurrentDictionary<(string Name, string Stream), (long Number, bool IsCovered)> _seen = [];

    private readonly ConcurrentDictionary<(string Name, string Stream), long> _faults = [];

    /// <summary>Makes the subscription if it isn't there, and adds to its definition what a class of this process handles.</summary>
    /// <param name="key">A partition of the subscription.</param>
    /// <param name="handles">What the class handles.</param>
    /// <param name="retired">The stored names that are to be handled no longer.</param>
    /// <param name="start">Where a new subscription begins.</param>
    /// <param name="partitions">How many partitions a new subscription has.</param>
    /// <param name="ct">Cancels it.</param>
    /// <returns>Whether the definition was changed, so that the other processes are to be told.</returns>
    public async Task<bool> DeclareAsync(
        SubscriptionKey key, HandledTypes handles, IReadOnlyCollection<string> retired, SubscriptionStart start, int partitions, CancellationToken ct)
    {
        if (!Safeguards.DefinitionFence)
            return false;

        _declared[Of(key)] = handles;
        while (true)
        {
            var stored = await FindAsync(key, ct).ConfigureAwait(false);
            if (stored is null)
            {
                // Somebody else may be faster, with another definition.
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

    /// <summary>Makes the rows of a subscription, unless they are there.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The start lies beyond the last event.</exception>
    public async Task CreateAsync(SubscriptionKey key, SubscriptionStart start, int partitions, CancellationToken ct)
    {
        var (position, streamId) = await starts.FindAsync(key, start, ct).ConfigureAwait(false);
        await using var connection = await StoreConnection.OpenAsync(contexts, ct).ConfigureAwait(false);
        await using var create = connection.Command(
            _statements.Create, ("name", key.Name.Value), ("stream", key.Stream), ("partitions", partitions), ("position", position), ("stream_id", streamId),
            ("handles", Declared(key)?.ToString()));
        await create.ExecuteNonQueryAsync(ct).ConfigureAwait(false);
    }

    /// <summary>The definition as it is stored; <see langword="null"/> when the subscription isn't there.</summary>
    public async Task<StoredDefinition?> FindAsync(SubscriptionKey key, CancellationToken ct)
    {
        await using var connection = await StoreConnection.OpenAsync(contexts, ct).ConfigureAwait(false);
        return await FindAsync(connection, key, ct).ConfigureAwait(false);
    }

    /// <summary>What a class of this process handles; <see langword="null"/> where none has the subscription's name.</summary>
    public HandledTypes? Declared(SubscriptionKey key) => _declared.GetValueOrDefault(Of(key));

    /// <summary>Whether this process handles all of a definition, as far as it knows itself.</summary>
    public bool IsCovered(SubscriptionKey key, StoredDefinition definition)
    {
        var isCovered = definition.Handles is not { } handles || Declared(key) is not { } declared || declared.Covers(handles);
        _seen[Of(key)] = (definition.Number, isCovered);
        return isCovered && !HasFailed(key);
    }

    /// <summary>The same of the definition of this number, which is looked up unless it was seen before.</summary>
    public async ValueTask<bool> IsCoveredAsync(StoreConnection connection, SubscriptionKey key, long number, CancellationToken ct)
    {
        if (_seen.TryGetValue(Of(key), out var seen) && seen.Number == number)
            return seen.IsCovered && !HasFailed(key);

        return await FindAsync(connection, key, ct).ConfigureAwait(false) is { } definition && IsCovered(key, definition);
    }

    /// <summary>This process can't handle what it should, or can again: while it can't, and for a while, it leaves the subscription to others.</summary>
    public void Failed(SubscriptionKey key, bool hasFailed)
    {
        if (hasFailed)
            _faults[Of(key)] = time.GetTimestamp();
        else
            _faults.TryRemove(Of(key), out _);
    }

    private static (string Name, string Stream) Of(SubscriptionKey key) => (key.Name.Value, key.Stream);

    private bool HasFailed(SubscriptionKey key) => _faults.TryGetValue(Of(key), out var at) && time.GetElapsedTime(at) < FaultDuration;

    private async Task<StoredDefinition?> FindAsync(StoreConnection connection, SubscriptionKey key, CancellationToken ct)
    {
        await using var command = connection.Command(_statements.Definition, ("name", key.Name.Value), ("stream", key.Stream));
        await using var reader = await command.ExecuteReaderAsync(ct).ConfigureAwait(false);
        return await reader.ReadAsync(ct).ConfigureAwait(false)
            ? new(Convert.ToInt32(reader.GetValue(0), CultureInfo.InvariantCulture), reader.GetInt64(1), HandledTypes.Parse(reader.IsDBNull(2) ? null : reader.GetString(2)))
            : null;
    }

    private async Task<bool> TryDefineAsync(SubscriptionKey key, long number, HandledTypes handles, CancellationToken ct)
    {
        await using var connection = await StoreConnection.OpenAsync(contexts, ct).ConfigureAwait(false);
        await using var define = connection.Command(
            _statements.Define, ("name", key.Name.Value), ("stream", key.Stream), ("definition", number), ("handles", handles.ToString()), ("owner", owner));
        return await define.ExecuteNonQueryAsync(ct).ConfigureAwait(false) > 0;
    }
}
