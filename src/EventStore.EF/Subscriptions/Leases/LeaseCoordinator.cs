using System.Collections.Concurrent;
using System.Data.Common;
using System.Globalization;
using System.Text;
using EventStore.EF.Errors;
using EventStore.EF.Schema;
using EventStore.EF.Storage;
using EventStore.EF.Storage.Sql;
using EventStore.EF.Subscriptions.Definitions;
using EventStore.EF.Threading;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Logging;

namespace EventStore.EF.Subscriptions.Leases;

/// <summary>
/// Takes, renews, fences and releases the leases of this process, in the database and by its clock; and, because that clock may be set
/// back, by the clock of a stand-by that sees no renewal for a whole lease. One statement renews all leases of the process. It uses no
/// session locks: they are lost silently when a connection breaks, and don't work behind PgBouncer.
/// </summary>
internal sealed class LeaseCoordinator
{
    /// <summary>The time for which a partition is reserved for the process that asked for it: three heartbeats.</summary>
    private static readonly TimeSpan Reservation = TimeSpan.FromSeconds(3);

    private readonly IStorage _storage;
    private readonly IDbContextFactory<EventStoreDbContext> _contexts;
    private readonly TimeProvider _time;
    private readonly TimeSpan _duration;
    private readonly SubscriptionStatements _statements;
    private readonly LeaseRenewer _heartbeat;

    /// <summary>The leases of this process, by partition; null while a partition is being acquired.</summary>
    private readonly ConcurrentDictionary<SubscriptionKey, Lease?> _taken = [];

    public LeaseCoordinator(
        IStorage storage, IDbContextFactory<EventStoreDbContext> contexts, BackgroundConnections background, LoopMonitor loops,
        EventStoreOptions options, TimeProvider time, ILogger logger)
    {
        _storage = storage;
        _contexts = contexts;
        _time = time;
        _duration = options.LeaseDuration;
        _statements = storage.Statements.Subscriptions;
        Owner = storage.NameOwner($"{Environment.MachineName}/{Environment.ProcessId}/{Guid.NewGuid():N}");
        Definitions = new(storage, contexts, new(storage, contexts), time, Owner);
        _heartbeat = new(
            Owner, storage, background, Definitions, _duration, time, _taken.ContainsKey, loops.Get("lease renewer"), logger);
        Checkpoints = new(storage, contexts, Definitions, _duration, time);
        Parked = new(Checkpoints, storage, contexts);
    }

    /// <summary>Identifies this run of this process.</summary>
    public string Owner { get; }

    /// <summary>The checkpoints of the partitions that this process holds.</summary>
    public CheckpointStore Checkpoints { get; }

    /// <summary>The parked events of the partitions that this process holds.</summary>
    public ParkedEvents Parked { get; }

    /// <summary>The definitions of the subscriptions.</summary>
    public DefinitionStore Definitions { get; }

    /// <summary>The lease duration in seconds, as the statements take it.</summary>
    public double Duration => _duration.TotalSeconds;

    /// <summary>
    /// Acquires the partition; creates the subscription with all its partitions if it is new. Null while another owner, in this process or
    /// another, holds the partition, or while it is paused.
    /// </summary>
    /// <param name="key">The partition.</param>
    /// <param name="start">Where a new subscription starts.</param>
    /// <param name="partitions">How many partitions a new subscription gets and an existing one must have.</param>
    /// <param name="ct">Cancels it.</param>
    /// <exception cref="ArgumentOutOfRangeException">A new subscription's start lies beyond the last event.</exception>
    /// <exception cref="SubscriptionRepartitionedException">The subscription has another number of partitions.</exception>
    public Task<Lease?> TryAcquireAsync(SubscriptionKey key, SubscriptionStart start, int partitions, CancellationToken ct)
        => TryTakeAsync(key, partitions, start, ct);

    /// <summary>Like <see cref="TryAcquireAsync"/>, for a subscription that has existed before: it is not created again.</summary>
    /// <exception cref="SubscriptionDeletedException">The subscription is gone.</exception>
    /// <exception cref="SubscriptionRenamedException">The subscription has another name.</exception>
    /// <exception cref="SubscriptionRepartitionedException">The subscription has another number of partitions.</exception>
    public Task<Lease?> TryAcquireAgainAsync(SubscriptionKey key, int partitions, CancellationToken ct)
        => TryTakeAsync(key, partitions, null, ct);

    /// <summary>Reads the state of a partition; null if it doesn't exist.</summary>
    public async Task<SubscriptionRow?> LookAsync(SubscriptionKey key, CancellationToken ct)
        => (await LookAsync([key], ct).ConfigureAwait(false)).Find(row => row.Key == key);

    /// <summary>Reads the states of all partitions of these subscriptions.</summary>
    /// <param name="subscriptions">One partition or more of each subscription.</param>
    /// <param name="ct">Cancels it.</param>
    public async Task<List<SubscriptionRow>> LookAsync(IReadOnlyCollection<SubscriptionKey> subscriptions, CancellationToken ct)
    {
        await using var connection = await StoreConnection.OpenAsync(_contexts, ct).ConfigureAwait(false);
        await using var command = connection.Command(
            _statements.Look, ("ids", JsonLists.Ids([])), ("waiting", JsonLists.Waiting(subscriptions)), ("owner", Owner));
        await using var reader = await command.ExecuteReaderAsync(ct).ConfigureAwait(false);
        var rows = new List<SubscriptionRow>();
        while (await reader.ReadAsync(ct).ConfigureAwait(false))
            rows.Add(SubscriptionRow.Read(reader));

        return rows;
    }

    /// <summary>Whether a partition that this process stands by for was paused when last seen.</summary>
    public bool IsPaused(SubscriptionKey key) => _heartbeat.IsPaused(key);

    /// <summary>
    /// Completes when <see cref="TryAcquireAgainAsync"/> is worth another attempt: the partition is free or gone, or the number of
    /// partitions has changed.
    /// </summary>
    public Task WaitForTurnAsync(SubscriptionKey key, int partitions, CancellationToken ct)
        => _heartbeat.WaitForTurnAsync(key, partitions, ct);

    /// <summary>Stores the handler's error for those who look at the subscription.</summary>
    public Task FailAsync(Lease lease, string error, CancellationToken ct)
        => KeepTextAsync(error, (text, token) => TryFailAsync(lease, text!, token), ct);

    /// <summary>
    /// Writes an error's text in a form that the database can store: text from the application must never keep bookkeeping from being
    /// written.
    /// </summary>
    /// <param name="error">The text as the application gave it.</param>
    /// <param name="write">Writes it in its own transaction.</param>
    /// <param name="ct">Cancels it.</param>
    public static async Task KeepTextAsync(string? error, Func<string?, CancellationToken, Task> write, CancellationToken ct)
    {
        var text = error is null ? null : ErrorText.Keepable(error);
        try
        {
            await write(text, ct).ConfigureAwait(false);
        }
        catch (DbException exception) when (text is not null && !Ascii.IsValid(text) && exception.SqlState is ['2', '2', ..])
        {
            // The database's encoding lacks more than U+0000.
            await write(ErrorText.Ascii(text), ct).ConfigureAwait(false);
        }
    }

    private async Task TryFailAsync(Lease lease, string error, CancellationToken ct)
    {
        await using var connection = await StoreConnection.OpenAsync(_contexts, ct).ConfigureAwait(false);
        await using var command = connection.Command(_statements.Fail, ("id", lease.Id), ("epoch", lease.Epoch), ("error", error));
        await command.ExecuteNonQueryAsync(ct).ConfigureAwait(false);
    }

    /// <summary>
    /// Records that this process cannot handle what the partition delivers, or that it can again. While it cannot, a process that can may
    /// take the partition.
    /// </summary>
    public async Task CoverAsync(Lease lease, bool isCovered, CancellationToken ct)
    {
        Definitions.Failed(lease.Key, hasFailed: !isCovered);
        await using var connection = await StoreConnection.OpenAsync(_contexts, ct).ConfigureAwait(false);
        await using var command = connection.Command(
            _statements.Cover, ("id", lease.Id), ("epoch", lease.Epoch), ("is_covered", isCovered));
        await command.ExecuteNonQueryAsync(ct).ConfigureAwait(false);
        await _heartbeat.AnnounceAsync(ct).ConfigureAwait(false);
    }

    /// <summary>Pauses the whole subscription with an error, until somebody resumes it.</summary>
    /// <exception cref="SubscriptionLostException">As for <see cref="CheckpointStore.WriteAsync"/>.</exception>
    public async Task StopAsync(Lease lease, string error, CancellationToken ct)
    {
        await KeepTextAsync(error, (text, token) => TryStopAsync(lease, text!, token), ct).ConfigureAwait(false);
        await AnnounceAsync(ct).ConfigureAwait(false);
    }

    private async Task TryStopAsync(Lease lease, string error, CancellationToken ct)
    {
        var statements = _storage.Statements.Administration;
        await using var connection = await StoreConnection.OpenAsync(_contexts, ct).ConfigureAwait(false);
        await using var transaction = await connection.Connection.BeginTransactionAsync(ct).ConfigureAwait(false);
        if (statements.LimitWait is { } limit)
            await transaction.ExecuteAsync(limit, ct).ConfigureAwait(false);

        // Locks all partitions' rows together: if two partitions stopped at the same time and each locked its own row first, they would
        // deadlock.
        if (!await LockAllAsync(connection.Connection, transaction, lease, ct).ConfigureAwait(false))
        {
            await transaction.RollbackAsync(ct).ConfigureAwait(false);
            throw await Checkpoints.LostAsync(connection, lease, ct).ConfigureAwait(false);
        }

        await transaction.ExecuteAsync(
            _statements.Fail, ct, ("id", lease.Id), ("epoch", lease.Epoch), ("error", error)).ConfigureAwait(false);
        await transaction.ExecuteAsync(
            statements.Pause, ct,
            ("name", lease.Key.Name.Value), ("stream", lease.Key.Stream), ("is_paused", true)).ConfigureAwait(false);
        await transaction.CommitAsync(ct).ConfigureAwait(false);
    }

    /// <summary>
    /// Stores which event is alone in flight, and how often a process has ended with each. Does nothing if the lease is lost.
    /// </summary>
    public async Task SuspectAsync(Lease lease, Suspicion suspicion, CancellationToken ct)
    {
        await using var connection = await StoreConnection.OpenAsync(_contexts, ct).ConfigureAwait(false);
        await using var command = connection.Command(
            _statements.Suspect,
            ("id", lease.Id), ("epoch", lease.Epoch), ("is_suspected", suspicion.IsSuspected), ("alone", suspicion.Alone),
            ("ends", suspicion.EndsText));
        await command.ExecuteNonQueryAsync(ct).ConfigureAwait(false);
    }

    /// <summary>Releases the partition. Another process can take it immediately, without waiting for the lease to expire.</summary>
    public async Task ReleaseAsync(Lease lease, CancellationToken ct)
    {
        try
        {
            _heartbeat.Remove(lease);
            await using var connection = await StoreConnection.OpenAsync(_contexts, ct).ConfigureAwait(false);
            await using var command = connection.Command(
                _statements.Release,
                ("id", lease.Id), ("epoch", lease.Epoch), ("lease", Math.Min(Duration, Reservation.TotalSeconds)));
            await command.ExecuteNonQueryAsync(ct).ConfigureAwait(false);
        }
        finally
        {
            Forget(lease);
        }

        await _heartbeat.AnnounceAsync(ct).ConfigureAwait(false);
    }

    /// <summary>Ends a lease that was lost or could not be released. Does nothing if it has already ended.</summary>
    public void Forget(Lease lease)
    {
        _heartbeat.Remove(lease);
        lease.End();
        _taken.TryRemove(new(lease.Key, lease));
        _heartbeat.Look();
    }

    /// <summary>Renews all leases of this process and watches for changes by others, until cancelled.</summary>
    public Task KeepAsync(CancellationToken ct) => _heartbeat.RunAsync(ct);

    /// <summary>Makes the heartbeat look immediately: something may have changed.</summary>
    public void Look() => _heartbeat.Look();

    /// <summary>Tells the heartbeats of this process and of the others that something has changed.</summary>
    public async Task AnnounceAsync(CancellationToken ct)
    {
        _heartbeat.Look();
        await _heartbeat.AnnounceAsync(ct).ConfigureAwait(false);
    }

    /// <summary>Locks the rows of all partitions of the lease's subscription. False if the lease is lost.</summary>
    private async Task<bool> LockAllAsync(DbConnection connection, DbTransaction transaction, Lease lease, CancellationToken ct)
    {
        await using var command = connection.Command(
            _storage.Statements.Administration.Lock, ("name", lease.Key.Name.Value), ("stream", lease.Key.Stream));
        command.Transaction = transaction;
        await using var reader = await command.ExecuteReaderAsync(ct).ConfigureAwait(false);
        var isHeld = false;
        while (await reader.ReadAsync(ct).ConfigureAwait(false))
            isHeld |= reader.GetInt64(0) == lease.Id && reader.GetInt64(1) == lease.Epoch;

        await reader.EndAsync(ct).ConfigureAwait(false);
        return isHeld;
    }

    /// <param name="key">The partition.</param>
    /// <param name="partitions">How many there are.</param>
    /// <param name="start">Where a new subscription starts; null if the subscription must exist.</param>
    /// <param name="ct">Cancels it.</param>
    private async Task<Lease?> TryTakeAsync(SubscriptionKey key, int partitions, SubscriptionStart? start, CancellationToken ct)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(key.Partition);
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(partitions, key.Partition);

        // Within the process, too, only one owner works on a partition. So a row that already names this owner was acquired by a statement
        // whose answer was lost.
        if (!_taken.TryAdd(key, null))
            return null;

        Lease? lease = null;
        try
        {
            var definition = await Definitions.FindAsync(key, ct).ConfigureAwait(false);
            if (definition is null)
            {
                var begins = start ?? throw await GoneAsync(key, ct).ConfigureAwait(false);
                await Definitions.CreateAsync(key, begins, partitions, ct).ConfigureAwait(false);
                definition = await Definitions.FindAsync(key, ct).ConfigureAwait(false);
            }

            // If the definition is changed or deleted in between, the partition is not acquired, and is looked at again when it is free.
            lease = definition is null ? null : await AcquireAsync(key, partitions, definition, ct).ConfigureAwait(false);
            return lease is null && definition is { Partitions: var found } && found != partitions
                ? throw new SubscriptionRepartitionedException(key.Name, partitions, found)
                : lease;
        }
        finally
        {
            if (lease is null)
                _taken.TryRemove(key, out _);
            else
                _taken[key] = lease;
        }
    }

    private async Task<Lease?> AcquireAsync(SubscriptionKey key, int partitions, StoredDefinition definition, CancellationToken ct)
    {
        _storage.BeginOwning(Owner);
        var still = _heartbeat.StillLease(key);
        var (askedAt, incarnation) = (_time.GetTimestamp(), _storage.Incarnation);
        await using var connection = await StoreConnection.OpenAsync(_contexts, ct).ConfigureAwait(false);
        await using var acquire = connection.Command(
            _statements.Acquire,
            ("name", key.Name.Value), ("stream", key.Stream), ("partition", key.Partition), ("partitions", partitions),
            ("definition", definition.Number), ("owner", Owner), ("lease", Duration), ("covers", Definitions.Declared(key)?.ToString()),
            ("is_covered", Definitions.IsCovered(key, definition)), ("handler", Definitions.Handler(key)),
            ("still_epoch", still?.Epoch), ("still_mark", still?.Mark));
        AcquiredRow row;
        await using (var reader = await acquire.ExecuteReaderAsync(ct).ConfigureAwait(false))
        {
            if (!await reader.ReadAsync(ct).ConfigureAwait(false))
                return null;

            row = new(
                key, reader.GetInt64(0), reader.GetInt64(1), reader.GetInt64(2), reader.IsDBNull(3) ? null : reader.GetInt64(3), partitions,
                reader.GetInt64(4), definition,
                Suspicion.Parse(
                    reader.GetBoolean(5), reader.IsDBNull(6) ? null : reader.GetInt64(6), reader.IsDBNull(7) ? null : reader.GetString(7)),
                FinishedBefore.Parse(reader.IsDBNull(8) ? null : reader.GetString(8)));
            if (!reader.IsDBNull(9))
                _storage.Observe(reader.GetString(9));

            await reader.EndAsync(ct).ConfigureAwait(false);
        }

        // Added only now that it is committed: a heartbeat that looked earlier would see another epoch and consider the lease lost.
        var lease = new Lease(row, askedAt, _duration, _time, incarnation);
        _heartbeat.Add(lease);
        return lease;
    }

    /// <summary>Returns the exception that says what became of a subscription that existed before.</summary>
    private async Task<EventStoreException> GoneAsync(SubscriptionKey key, CancellationToken ct)
        => await Definitions.FindShapeAsync(key, ct).ConfigureAwait(false) is { } shape && shape.Name != key.Name.Value
            ? new SubscriptionRenamedException(key.Name, new(shape.Name))
            : new SubscriptionDeletedException(key.Name);
}
