using System.Data.Common;
using System.Runtime.CompilerServices;
using EventStore.EF.Schema;
using EventStore.EF.Storage;
using EventStore.EF.Storage.Sql;
using EventStore.EF.Subscriptions.Definitions;
using EventStore.EF.Subscriptions.Leases;
using EventStore.EF.Threading;

namespace EventStore.EF.Subscriptions.Administration;

/// <summary>Manages subscriptions through their rows alone: their owners see the changes there.</summary>
internal sealed class SubscriptionAdministration(
    IStorage storage, StorageAccess access, StoreContexts contexts, EventCatalog catalog, LeaseCoordinator leases,
    SubscriptionStarts starts, SubscriptionList list, SubscriptionWait wait, EventStoreOptions options, TimeProvider time)
    : ISubscriptionAdministration
{
    private const int ParkedPageSize = 200;
    private const int MostConflicts = 10;

    /// <summary>
    /// Parked events whose replay one transaction requests: while it runs, their partitions wait, and it must end within a command's time.
    /// </summary>
    private const int MostChanged = 5000;

    /// <summary>How long a change waits for a row that another transaction has locked, in turns of a second.</summary>
    private static readonly TimeSpan LongestWait = TimeSpan.FromSeconds(30);

    private static readonly TimeSpan FirstRepetition = TimeSpan.FromMilliseconds(5);
    private static readonly TimeSpan LongestRepetition = TimeSpan.FromMilliseconds(500);

    private readonly SubscriptionAdministrationStatements _statements = storage.Statements.Administration;

    public IAsyncEnumerable<SubscriptionInfo> ListAsync(CancellationToken cancellationToken = default) => list.ListAsync(cancellationToken);

    public Task<SubscriptionInfo?> FindAsync(
        SubscriptionName name, StreamName? stream = null, CancellationToken cancellationToken = default)
        => list.FindAsync(name.Value, What(stream), cancellationToken);

    public Task PauseAsync(SubscriptionName name, StreamName? stream = null, CancellationToken cancellationToken = default)
        => ChangeAsync(name, stream, (run, token) => run.RunAsync(_statements.Pause, token, ("is_paused", true)), cancellationToken);

    public Task ResumeAsync(SubscriptionName name, StreamName? stream = null, CancellationToken cancellationToken = default)
        => ChangeAsync(name, stream, (run, token) => run.RunAsync(_statements.Pause, token, ("is_paused", false)), cancellationToken);

    public async Task RewindAsync(
        SubscriptionName name, long position, ParkedEventHandling parked, StreamName? stream = null,
        CancellationToken cancellationToken = default)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(position);
        CallerTransactionScope.Refuse(null);
        if (position > 0)
        {
            var head = await HeadAsync(stream, cancellationToken).ConfigureAwait(false);
            if (position > head)
                throw new ArgumentOutOfRangeException(
                    nameof(position), position,
                    $"Subscription '{name}' cannot be set to {position}: the last event of {Described(stream)} is {head}.");
        }

        await ChangeAsync(name, stream, async (run, token) =>
        {
            // The rows first: from here on nothing is parked.
            var rows = await run.RunAsync(_statements.Rewind, token, ("position", position)).ConfigureAwait(false);
            if (parked is ParkedEventHandling.Discard)
                await run.RunAsync(_statements.Discard, token, ("key", null), ("event_id", null)).ConfigureAwait(false);

            return rows;
        }, cancellationToken).ConfigureAwait(false);
    }

    public async Task DeleteAsync(SubscriptionName name, StreamName? stream = null, CancellationToken cancellationToken = default)
        => await TransactAsync(name, stream, (run, token) => run.RunAsync(_statements.Delete, token),
        cancellationToken).ConfigureAwait(false);

    public async Task RepartitionAsync(
        SubscriptionName name, int partitions, StreamName? stream = null, CancellationToken cancellationToken = default)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(partitions, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(partitions, SubscriptionOptions.MostPartitions);
        await ChangeAsync(
            name, stream, (run, token) => new Repartition(storage.Statements, run).RunAsync(partitions, token), cancellationToken)
            .ConfigureAwait(false);
    }

    public async Task RenameAsync(
        SubscriptionName name, SubscriptionName newName, StreamName? stream = null, CancellationToken cancellationToken = default)
    {
        try
        {
            await ChangeAsync(name, stream, async (run, token) =>
            {
                var find = storage.Statements.Subscriptions.Definition;
                if (!await run.IsThereAsync(find, name.Value, token).ConfigureAwait(false))
                    return 0;

                return await run.IsThereAsync(find, newName.Value, token).ConfigureAwait(false)
                    ? throw new SubscriptionExistsException(newName, stream)
                    : await run.RunAsync(storage.Statements.Shapes.Rename, token, ("new_name", newName.Value)).ConfigureAwait(false);
            }, cancellationToken).ConfigureAwait(false);
        }
        catch (DbException)
        {
            // Another process may just have created it.
            if (await FindAsync(newName, stream, cancellationToken).ConfigureAwait(false) is not null)
                throw new SubscriptionExistsException(newName, stream);

            throw;
        }
    }

    public async Task<IReadOnlyList<string>> AcceptDefinitionAsync(
        SubscriptionName name, StreamName? stream = null, CancellationToken cancellationToken = default)
    {
        CallerTransactionScope.Refuse(null);
        var (key, what) = (name.Value, What(stream));
        while (true)
        {
            var owned = await access.RunAsync(
                static (read, token) => read.Administration.ReadCoveredAsync(read.key, read.what, token),
                (Administration: this, key, what), StorageOperation.Read, cancellationToken).ConfigureAwait(false);
            if (owned is not { } found)
                throw new SubscriptionNotFoundException(name, stream);

            if (found.Covers is null)
                throw new InvalidOperationException(
                    $"No handler class is processing subscription '{name}', so there is nothing to accept. Start the process whose class " +
                    "handles what the subscription should handle, then call this again.");

            var removed = found.Handles.Names.Except(found.Covers.Names, StringComparer.Ordinal).ToArray();
            if (found.Covers.Covers(found.Handles))
                return removed;

            var rows = await TransactAsync(name, stream, (run, token) => run.RunAsync(
                storage.Statements.Subscriptions.Define, token,
                ("definition", found.Number), ("handles", found.Covers.ToString()), ("owner", null)),
                cancellationToken).ConfigureAwait(false);
            if (rows > 0)
                return removed;
        }
    }

    public async IAsyncEnumerable<ParkedEvent> ListParkedAsync(
        SubscriptionName name, StreamName? stream = null, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        var (place, id, count) = (0L, 0L, ParkedPageSize);
        while (true)
        {
            var (page, isCut) = await access.RunAsync(
                static (read, token) => read.Administration.ReadParkedAsync(
                    read.name.Value, What(read.stream), read.place, read.id, read.count, token),
                (Administration: this, name, stream, place, id, count), StorageOperation.Read, cancellationToken).ConfigureAwait(false);
            var isLast = page.Count < count && !isCut;
            count = Math.Clamp(page.Count * 2, 1, ParkedPageSize);
            while (page.TryDequeue(out var parked))
            {
                (place, id) = (parked.Event.Number, parked.Id);
                yield return parked.Event;
            }

            if (isLast)
                yield break;
        }
    }

    public async Task<int> ReplayParkedAsync(
        SubscriptionName name, string? key = null, StreamName? stream = null, CancellationToken cancellationToken = default)
    {
        if (key is not null)
        {
            PartitionKey.Check(key, nameof(key));
            return await ChangeParkedAsync(
                name, stream, (run, token) => run.RunAsync(_statements.ReplayKey, token, ("key", key)), cancellationToken)
                .ConfigureAwait(false);
        }

        // All of them may be many: by ranges of keys, up to the last key that is there now. Meanwhile the owners park more.
        var (total, after, last) = (0, (string?)null, (string?)null);
        while (true)
        {
            string? through = null;
            total += await ChangeParkedAsync(name, stream, async (run, token) =>
            {
                last ??= await run.KeyAsync(_statements.LastParkedKey, token).ConfigureAwait(false);
                through = last is null
                    ? null
                    : await run.KeyAsync(
                        _statements.ParkedKeys, token, ("after", after), ("last", last), ("count", MostChanged)).ConfigureAwait(false);
                return through is null
                    ? 0
                    : await run.RunAsync(_statements.Replay, token, ("after", after), ("through", through)).ConfigureAwait(false);
            }, cancellationToken).ConfigureAwait(false);
            if (through is null || through == last)
                return total;

            after = through;
        }
    }

    public Task<int> DiscardParkedAsync(
        SubscriptionName name, string key, StreamName? stream = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(key);
        PartitionKey.Check(key, nameof(key));
        return ChangeParkedAsync(
            name, stream, (run, token) => run.RunAsync(_statements.Discard, token, ("key", key), ("event_id", null)), cancellationToken);
    }

    public Task<int> DiscardParkedAsync(
        SubscriptionName name, Guid eventId, StreamName? stream = null, CancellationToken cancellationToken = default)
        => ChangeParkedAsync(
            name, stream, (run, token) => run.RunAsync(_statements.Discard, token, ("key", null), ("event_id", eventId)),
            cancellationToken);

    public Task WaitForAsync(
        SubscriptionName name, long position, TimeSpan timeout, StreamName? stream = null, CancellationToken cancellationToken = default)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(position);
        if (timeout != Timeout.InfiniteTimeSpan)
            ArgumentOutOfRangeException.ThrowIfLessThan(timeout, TimeSpan.Zero);

        return wait.RunAsync(name, stream, position, timeout, cancellationToken);
    }

    public async Task<IReadOnlyList<BlockingTransaction>> GetBlockingTransactionsAsync(CancellationToken cancellationToken = default)
        => await access.RunAsync(
            static (asked, token) => asked.GetBlockingTransactionsAsync(token), storage, StorageOperation.Read,
            cancellationToken).ConfigureAwait(false);

    /// <summary>The value of the column <c>stream</c>.</summary>
    private static string What(StreamName? stream) => stream?.Value ?? EventStoreModel.All;

    private static string Described(StreamName? stream) => stream is { } name ? $"stream '{name}'" : "the store";

    private async Task<long> HeadAsync(StreamName? stream, CancellationToken ct)
        => await access.RunAsync(
            static async (find, token) => find.stream is { } name
                ? (await find.Starts.StreamHeadAsync(name.Value, token).ConfigureAwait(false)).Version
                : await find.Starts.HighestAsync(token).ConfigureAwait(false),
            (Starts: starts, stream), StorageOperation.Read, ct).ConfigureAwait(false);

    /// <summary>Changes parked events of a subscription that must exist, and tells its owners. Returns how many were changed.</summary>
    private async Task<int> ChangeParkedAsync(
        SubscriptionName name, StreamName? stream, Func<SubscriptionTransaction, CancellationToken, Task<int>> change, CancellationToken ct)
    {
        var count = 0;
        await ChangeAsync(name, stream, async (run, token) =>
        {
            var rows = await run.RunAsync(_statements.Touch, token).ConfigureAwait(false);
            count = await change(run, token).ConfigureAwait(false);
            return rows;
        }, ct).ConfigureAwait(false);
        return count;
    }

    /// <summary>Changes a subscription that must exist.</summary>
    private async Task ChangeAsync(
        SubscriptionName name, StreamName? stream, Func<SubscriptionTransaction, CancellationToken, Task<int>> work, CancellationToken ct)
    {
        if (await TransactAsync(name, stream, work, ct).ConfigureAwait(false) == 0)
            throw new SubscriptionNotFoundException(name, stream);
    }

    /// <summary>Runs the work in a transaction, then announces the change. Returns the work's result.</summary>
    private async Task<int> TransactAsync(
        SubscriptionName name, StreamName? stream, Func<SubscriptionTransaction, CancellationToken, Task<int>> work, CancellationToken ct)
    {
        var (key, what) = (name.Value, What(stream));
        var rows = await RepeatAsync(token => access.RunAsync(
            static async (run, token) =>
            {
                await run.Storage.WaitForWriteLockAsync(null, token).ConfigureAwait(false);
                await using var connection = await StoreConnection.OpenAsync(run.Contexts, token).ConfigureAwait(false);
                await using var transaction = await connection.Connection.BeginTransactionAsync(token).ConfigureAwait(false);
                var statements = new SubscriptionTransaction(transaction, run.key, run.what);
                if (run.LimitWait is { } limit)
                    await transaction.ExecuteAsync(limit, token).ConfigureAwait(false);

                await statements.RunAsync(run.Lock, token).ConfigureAwait(false);
                var result = await run.work(statements, token).ConfigureAwait(false);
                await transaction.CommitAsync(token).ConfigureAwait(false);
                return result;
            },
            (Storage: storage, Contexts: contexts.Factory, _statements.LimitWait, _statements.Lock, work, key, what),
            new(null, IsWrite: true, IsCallers: false), token), name, ct).ConfigureAwait(false);
        if (rows > 0)
            await leases.AnnounceAsync(ct).ConfigureAwait(false);

        return rows;
    }

    /// <summary>Reads the definition, and what the current owners handle together; null if the subscription doesn't exist.</summary>
    private async Task<(long Number, HandledTypes Handles, HandledTypes? Covers)?> ReadCoveredAsync(
        string name, string stream, CancellationToken ct)
    {
        await using var connection = await StoreConnection.OpenAsync(contexts.Factory, ct).ConfigureAwait(false);
        await using var command = connection.Command(_statements.Covered, ("name", name), ("stream", stream));
        await using var reader = await command.ExecuteReaderAsync(ct).ConfigureAwait(false);
        (long Number, HandledTypes Handles, HandledTypes? Covers)? found = null;
        while (await reader.ReadAsync(ct).ConfigureAwait(false))
        {
            var covers = HandledTypes.Parse(reader.IsDBNull(2) ? null : reader.GetString(2));
            found = (
                reader.GetInt64(0), HandledTypes.Parse(reader.IsDBNull(1) ? null : reader.GetString(1)) ?? HandledTypes.None,
                covers is null ? found?.Covers : covers.And(found?.Covers ?? HandledTypes.None));
        }

        return found;
    }

    /// <summary>
    /// Repeats a transaction that the database rolled back because of another one, or that waited for a row longer than one turn; its
    /// effect doesn't depend on when it runs.
    /// </summary>
    /// <exception cref="LockTimeoutException">Another transaction has held a row for all that time.</exception>
    private async Task<int> RepeatAsync(
        Func<CancellationToken, ValueTask<int>> transact, SubscriptionName name, CancellationToken ct)
    {
        var began = time.GetTimestamp();
        for (var number = 1; ; number++)
        {
            try
            {
                return await transact(ct).ConfigureAwait(false);
            }
            catch (LockTimeoutException exception) when (_statements.LimitWait is not null)
            {
                var waited = time.GetElapsedTime(began);
                if (waited >= LongestWait)
                {
                    throw new LockTimeoutException(
                        null, waited, [], exception.InnerException, $"It has locked the row of a partition of subscription '{name}'.");
                }
            }
            catch (Exception exception) when (number < MostConflicts && storage.Classify(exception) is StorageFailure.Conflict)
            {
                await Task.Delay(Backoff.Delay(number, FirstRepetition, LongestRepetition), time, ct).ConfigureAwait(false);
            }
        }
    }

    /// <summary>
    /// Reads a page of parked events. It is cut after the event that reaches <see cref="EventStoreOptions.MaxPageBytes"/>; the next page
    /// then asks for fewer, because the server sends what it was asked for.
    /// </summary>
    private async Task<(Queue<(ParkedEvent Event, long Id)> Page, bool IsCut)> ReadParkedAsync(
        string name, string stream, long place, long id, int count, CancellationToken ct)
    {
        const int First = EventRows.ColumnCount;
        await using var connection = await StoreConnection.OpenAsync(contexts.Factory, ct).ConfigureAwait(false);
        await using var transaction = storage.Statements.PlanByIndex is { } planByIndex
            ? await connection.BeginAsync(planByIndex, ct).ConfigureAwait(false)
            : null;
        await using var command = connection.Command(
            _statements.ListParked, ("name", name), ("stream", stream), ("place", place), ("id", id), ("count", count));
        command.Transaction = transaction;
        await using var reader = await command.ExecuteReaderAsync(ct).ConfigureAwait(false);
        var page = new Queue<(ParkedEvent, long)>();
        var bytes = 0L;
        while (bytes < options.MaxPageBytes && await reader.ReadAsync(ct).ConfigureAwait(false))
        {
            var parked = new ParkedEvent
            {
                Event = reader.IsDBNull(0) ? null : EventRows.Read(reader, catalog, reader.GetInt64(First)),
                Number = reader.GetInt64(First),
                Key = reader.GetString(First + 1),
                Error = reader.IsDBNull(First + 2) ? null : reader.GetString(First + 2),
                Attempts = reader.GetInt32(First + 3),
                ParkedAt = StoredTime.Read(reader, First + 4),
                EventId = reader.GetGuid(First + 5),
                Position = reader.GetInt64(First + 6),
                IsReplayRequested = reader.GetBoolean(First + 7),
            };
            page.Enqueue((parked, reader.GetInt64(First + 8)));
            bytes += parked.Event?.Size ?? 0;
        }

        return (page, bytes >= options.MaxPageBytes);
    }
}
