using System.Data.Common;
using System.Globalization;
using EventStore.EF.Schema;
using EventStore.EF.Storage;
using EventStore.EF.Storage.Sql;
using EventStore.EF.Subscriptions.Definitions;
using Microsoft.EntityFrameworkCore;

namespace EventStore.EF.Subscriptions.Leases;

/// <summary>
/// Writes the checkpoints of leased partitions. Each write is fenced by the lease's epoch, by the definition of the subscription and, where
/// another server may answer, by the server that is known to have the received events.
/// </summary>
/// <param name="storage">The storage.</param>
/// <param name="contexts">Creates contexts of the store.</param>
/// <param name="definitions">The definitions of the subscriptions.</param>
/// <param name="duration">How long a write renews the lease.</param>
/// <param name="time">The clock.</param>
internal sealed class CheckpointStore(
    IStorage storage, IDbContextFactory<EventStoreDbContext> contexts, DefinitionStore definitions, TimeSpan duration, TimeProvider time)
{
    private readonly SubscriptionStatements _statements = storage.Statements.Subscriptions;

    /// <summary>Moves the checkpoint to a position, never backwards, clears the last error and renews the lease.</summary>
    /// <exception cref="SubscriptionLostException">The partition was taken over or rewound; the checkpoint is unchanged.</exception>
    /// <exception cref="SubscriptionDeletedException">The subscription was deleted.</exception>
    public async Task WriteAsync(Lease lease, long place, CancellationToken ct)
    {
        var askedAt = time.GetTimestamp();
        await using var connection = await StoreConnection.OpenAsync(contexts, ct).ConfigureAwait(false);
        await using var transaction = storage.KnowsLife
            ? await connection.Connection.BeginTransactionAsync(ct).ConfigureAwait(false)
            : null;
        await using var command = connection.Command(
            _statements.Checkpoint,
            ("id", lease.Id), ("epoch", lease.Epoch), ("definition", lease.DefinitionFence),
            ("server", storage.ServerIn(lease.Incarnation)),
            ("position", place), ("lease", duration.TotalSeconds));
        command.Transaction = transaction;
        if (storage.PreparesStatements)
            await command.PrepareAsync(ct).ConfigureAwait(false);

        var isWritten = await command.ExecuteNonQueryAsync(ct).ConfigureAwait(false) > 0;
        var isBefore = !isWritten && await TryWriteBeforeAsync(connection, transaction, lease, place, ct).ConfigureAwait(false);
        if (transaction is not null)
        {
            storage.RequireLife(connection.Connection, transaction, lease.Incarnation);
            await transaction.CommitAsync(ct).ConfigureAwait(false);
        }

        if (isWritten)
            lease.Renewed(askedAt);
        else if (isBefore)
            lease.Redefined();
        else
            throw await LostAsync(connection, lease, ct).ConfigureAwait(false);
    }

    /// <summary>Like <see cref="WriteAsync"/>, but keeps the last error, which belongs to an event after the position.</summary>
    /// <exception cref="SubscriptionLostException">As for <see cref="WriteAsync"/>.</exception>
    public Task WriteBeforeFailureAsync(Lease lease, long place, CancellationToken ct)
        => RunFencedAsync(lease, place, (_, _) => Task.FromResult(true), ct);

    /// <summary>
    /// Renews the lease in its own transaction: when this returns, the database accepts writes and this process still owns the partition.
    /// </summary>
    /// <exception cref="SubscriptionLostException">As for <see cref="WriteAsync"/>.</exception>
    public Task ProveAsync(Lease lease, CancellationToken ct) => RunFencedAsync(lease, null, (_, _) => Task.FromResult(true), ct);

    /// <summary>
    /// Moves the checkpoint over all events from one position to another in a projection's transaction. It must be the last statement
    /// there, because it locks the row that the heartbeat renews. False if the lease is lost or the events were applied already: the
    /// transaction must then be rolled back, and <see cref="PositionAsync"/> tells which it was.
    /// </summary>
    /// <exception cref="OtherServerException">A server answers other than the one known to have the received events.</exception>
    public async Task<bool> ProjectAsync(
        DbConnection connection, DbTransaction transaction, Lease lease, long first, long last, CancellationToken ct)
    {
        await using var command = connection.Command(
            _statements.Project,
            ("id", lease.Id), ("epoch", lease.Epoch), ("definition", lease.DefinitionFence),
            ("server", storage.ServerIn(lease.Incarnation)),
            ("first", first), ("position", last), ("lease", duration.TotalSeconds));
        command.Transaction = transaction;
        var isHeld = await command.ExecuteNonQueryAsync(ct).ConfigureAwait(false) > 0;
        if (!isHeld)
            await RequireServerAsync(lease, ct).ConfigureAwait(false);

        storage.RequireLife(connection, transaction, lease.Incarnation);
        return isHeld;
    }

    /// <summary>
    /// Reads the checkpoint once every transaction that moves it under this lease is over, including one whose commit was not answered.
    /// </summary>
    /// <exception cref="SubscriptionLostException">The partition was taken over or rewound.</exception>
    /// <exception cref="SubscriptionDeletedException">The subscription was deleted.</exception>
    public async Task<long> PositionAsync(Lease lease, CancellationToken ct)
    {
        await using var connection = await StoreConnection.OpenAsync(contexts, ct).ConfigureAwait(false);
        await using var command = connection.Command(
            _statements.Position, ("id", lease.Id), ("epoch", lease.Epoch), ("definition", lease.DefinitionFence));
        return await command.ScalarAsync(ct).ConfigureAwait(false) is { } position
            ? Convert.ToInt64(position, CultureInfo.InvariantCulture)
            : throw await LostAsync(connection, lease, ct).ConfigureAwait(false);
    }

    /// <summary>
    /// Reads the current checkpoint without waiting for a transaction that moves it; <see langword="null"/> if the lease is lost.
    /// </summary>
    public async Task<long?> StoredAsync(Lease lease, CancellationToken ct)
    {
        await using var connection = await StoreConnection.OpenAsync(contexts, ct).ConfigureAwait(false);
        return await InspectAsync(connection, lease, ct).ConfigureAwait(false) is { IsCurrent: true } row ? row.Position : null;
    }

    /// <summary>
    /// Renews the lease and locks its row, so that the rest of the transaction is fenced. If a position is given, also moves the
    /// checkpoint, which is fenced by the server too. False if the lease is lost.
    /// </summary>
    public async Task<bool> HoldAsync(DbConnection connection, DbTransaction transaction, Lease lease, long? place, CancellationToken ct)
    {
        await using var command = connection.Command(
            _statements.Hold,
            ("id", lease.Id), ("epoch", lease.Epoch), ("definition", lease.DefinitionFence),
            ("server", place is null ? null : storage.ServerIn(lease.Incarnation)), ("position", place), ("lease", duration.TotalSeconds));
        command.Transaction = transaction;
        var isHeld = await command.ExecuteNonQueryAsync(ct).ConfigureAwait(false) > 0;
        storage.RequireLife(connection, transaction, lease.Incarnation);
        return isHeld;
    }

    /// <summary>
    /// Starts over with a stream that was created again after the old one was hard-deleted: nothing is finished, nothing is parked.
    /// </summary>
    /// <exception cref="SubscriptionLostException">As for <see cref="WriteAsync"/>.</exception>
    public Task StartOverAsync(Lease lease, long streamId, CancellationToken ct)
        => RunFencedAsync(lease, null, async (connection, transaction) =>
        {
            await SetStreamAsync(connection, transaction, lease, streamId, 0, ct).ConfigureAwait(false);
            await transaction.ExecuteAsync(storage.Statements.Parked.Clear, ct, ("id", lease.Id)).ConfigureAwait(false);
            lease.StartOver(streamId);
            return true;
        }, ct);

    /// <summary>Stores the stream whose numbers are counted, when it is seen for the first time.</summary>
    /// <exception cref="SubscriptionLostException">As for <see cref="WriteAsync"/>.</exception>
    public async Task SetStreamAsync(Lease lease, long streamId, CancellationToken ct)
    {
        await using var connection = await StoreConnection.OpenAsync(contexts, ct).ConfigureAwait(false);
        if (!await SetStreamAsync(connection.Connection, null, lease, streamId, null, ct).ConfigureAwait(false))
            throw await LostAsync(connection, lease, ct).ConfigureAwait(false);

        lease.SetStream(streamId);
    }

    /// <summary>Runs work in one transaction that is fenced before the work begins.</summary>
    /// <exception cref="SubscriptionLostException">The partition was taken over or rewound; nothing is written.</exception>
    /// <exception cref="SubscriptionDeletedException">The subscription was deleted.</exception>
    public async Task<T> RunFencedAsync<T>(
        Lease lease, long? checkpoint, Func<DbConnection, DbTransaction, Task<T>> work, CancellationToken ct)
    {
        var askedAt = time.GetTimestamp();
        await using var connection = await StoreConnection.OpenAsync(contexts, ct).ConfigureAwait(false);
        await using var transaction = await connection.Connection.BeginTransactionAsync(ct).ConfigureAwait(false);
        if (!await HoldAsync(connection.Connection, transaction, lease, checkpoint, ct).ConfigureAwait(false))
        {
            await transaction.RollbackAsync(ct).ConfigureAwait(false);
            throw await LostAsync(connection, lease, ct).ConfigureAwait(false);
        }

        var result = await work(connection.Connection, transaction).ConfigureAwait(false);
        await transaction.CommitAsync(ct).ConfigureAwait(false);
        lease.Renewed(askedAt);
        return result;
    }

    /// <summary>
    /// If the subscription handles more than this lease knows, saves what was finished before, which still counts; the partition must then
    /// be acquired again. False if it doesn't handle more, or the lease is lost.
    /// </summary>
    private async Task<bool> TryWriteBeforeAsync(
        StoreConnection connection, DbTransaction? transaction, Lease lease, long place, CancellationToken ct)
    {
        await using var command = connection.Command(
            _statements.CheckpointBefore,
            ("id", lease.Id), ("epoch", lease.Epoch), ("definition", lease.Definition), ("server", storage.ServerIn(lease.Incarnation)),
            ("position", place));
        command.Transaction = transaction;
        return await command.ExecuteNonQueryAsync(ct).ConfigureAwait(false) > 0;
    }

    private async Task<bool> SetStreamAsync(
        DbConnection connection, DbTransaction? transaction, Lease lease, long streamId, long? position, CancellationToken ct)
    {
        await using var command = connection.Command(
            _statements.SetStream,
            ("id", lease.Id), ("epoch", lease.Epoch), ("definition", lease.DefinitionFence),
            ("stream_id", streamId), ("position", position));
        command.Transaction = transaction;
        return await command.ExecuteNonQueryAsync(ct).ConfigureAwait(false) > 0;
    }

    /// <summary>Ends a lease whose epoch or definition is no longer that of the row, and returns the exception that says why.</summary>
    public async Task<EventStoreException> LostAsync(StoreConnection connection, Lease lease, CancellationToken ct)
    {
        // If the row is gone but the subscription is unchanged, its number of partitions was changed and changed back, which added the row
        // again.
        var row = await InspectAsync(connection, lease, ct).ConfigureAwait(false);
        RequireServer(row);
        var because = row is { IsCurrent: true } ? LeaseEnd.Redefined : row is { IsOwned: true } ? LeaseEnd.TakenOver : LeaseEnd.Rewound;
        lease.Lose(because, await definitions.FindShapeAsync(connection, lease.FirstId, ct).ConfigureAwait(false));
        return lease.LossException()!;
    }

    private async Task RequireServerAsync(Lease lease, CancellationToken ct)
    {
        await using var connection = await StoreConnection.OpenAsync(contexts, ct).ConfigureAwait(false);
        RequireServer(await InspectAsync(connection, lease, ct).ConfigureAwait(false));
    }

    /// <exception cref="OtherServerException">It is a different server; the storage is told of it.</exception>
    private void RequireServer(InspectedRow? row)
    {
        if (row is not { Server: { } server, IsSameServer: false })
            return;

        storage.Observe(server);
        throw new OtherServerException();
    }

    private async Task<InspectedRow?> InspectAsync(StoreConnection connection, Lease lease, CancellationToken ct)
    {
        await using var command = connection.Command(
            _statements.Inspect, ("id", lease.Id), ("epoch", lease.Epoch), ("server", storage.ServerIn(lease.Incarnation)));
        await using var reader = await command.ExecuteReaderAsync(ct).ConfigureAwait(false);
        return await reader.ReadAsync(ct).ConfigureAwait(false)
            ? new(
                reader.GetBoolean(0), reader.GetBoolean(1), reader.GetInt64(2), reader.IsDBNull(3) ? null : reader.GetString(3),
                reader.GetBoolean(4))
            : null;
    }

    /// <summary>See <see cref="SubscriptionStatements.Inspect"/>.</summary>
    private sealed record InspectedRow(bool IsOwned, bool IsCurrent, long Position, string? Server, bool IsSameServer);
}
