using System.Data.Common;
using System.Text.Json;
using EventStore.EF.Storage;
using EventStore.EF.Storage.Sql;
using Microsoft.EntityFrameworkCore;

namespace EventStore.EF.Subscriptions.Leases;

/// <summary>
/// The parked events of the partitions that this process holds. All writes are fenced, and those of one lease run one after the other,
/// because each first locks the subscription's row.
/// </summary>
internal sealed class ParkedEvents(CheckpointStore checkpoints, IStorage storage, IDbContextFactory<EventStoreDbContext> contexts)
{
    private readonly ParkedStatements _statements = storage.Statements.Parked;

    /// <summary>Returns the keys that have parked events: later events of these keys are parked behind them.</summary>
    public async Task<IReadOnlyList<string>> KeysAsync(Lease lease, CancellationToken ct)
    {
        await using var connection = await StoreConnection.OpenAsync(contexts, ct).ConfigureAwait(false);
        await using var command = connection.Command(_statements.Keys, ("id", lease.Id));
        await using var reader = await command.ExecuteReaderAsync(ct).ConfigureAwait(false);
        var keys = new List<string>();
        while (await reader.ReadAsync(ct).ConfigureAwait(false))
            keys.Add(reader.GetString(0));

        return keys;
    }

    /// <summary>
    /// Parks events and, if a position is given, moves the checkpoint in the same transaction. An event that is already parked is
    /// unchanged.
    /// </summary>
    /// <exception cref="SubscriptionLostException">The partition was taken over or rewound; nothing is written.</exception>
    /// <exception cref="SubscriptionDeletedException">The subscription was deleted.</exception>
    public Task ParkAsync(Lease lease, IReadOnlyList<ParkedRow> rows, long? checkpoint, CancellationToken ct)
        => LeaseCoordinator.KeepTextAsync(
            rows is [{ Error: { } error }] ? error : null,
            (text, token) => checkpoints.RunFencedAsync(lease, checkpoint, async (connection, transaction) =>
            {
                await InsertAsync(
                    connection, transaction, lease, text is null ? rows : [rows[0] with { Error = text }], token).ConfigureAwait(false);
                return true;
            }, token),
            ct);

    /// <summary>
    /// Returns the first events to be replayed, in order; none if nothing is left. They must be <see cref="ReplayedAsync(Lease,
    /// IReadOnlyList{ParkedRow}, CancellationToken)"/> or
    /// <see cref="ReplayFailedAsync"/> before the next ones are requested.
    /// </summary>
    public async Task<IReadOnlyList<ParkedRow>> NextReplaysAsync(Lease lease, int count, CancellationToken ct)
    {
        await using var connection = await StoreConnection.OpenAsync(contexts, ct).ConfigureAwait(false);
        await using var command = connection.Command(_statements.NextReplays, ("id", lease.Id), ("count", count));
        await using var reader = await command.ExecuteReaderAsync(ct).ConfigureAwait(false);
        var rows = new List<ParkedRow>();
        while (await reader.ReadAsync(ct).ConfigureAwait(false))
        {
            rows.Add(new(
                reader.GetInt64(1), reader.GetString(2), reader.GetGuid(3), reader.GetInt64(4),
                reader.IsDBNull(5) ? null : reader.GetString(5), reader.GetInt32(6)));
        }

        return rows;
    }

    /// <summary>
    /// Removes events that were handled after all, unless their projection has removed them already. Returns which of their keys have no
    /// parked events left.
    /// </summary>
    /// <exception cref="SubscriptionLostException">As for
    /// <see cref="ParkAsync(Lease, IReadOnlyList{ParkedRow}, long?, CancellationToken)"/>.</exception>
    public Task<IReadOnlyCollection<string>> ReplayedAsync(Lease lease, IReadOnlyList<ParkedRow> rows, CancellationToken ct)
        => checkpoints.RunFencedAsync(lease, null, (connection, transaction) => RemoveAsync(connection, transaction, lease, rows, ct), ct);

    /// <summary>
    /// Removes a handled event in a projection's transaction, of which it must be the last statement. False if the lease is lost or the
    /// event is no longer parked: the transaction must then be rolled back, and <see cref="IsParkedAsync"/> tells which it was.
    /// </summary>
    public async Task<bool> ProjectAsync(
        DbConnection connection, DbTransaction transaction, Lease lease, ParkedRow row, CancellationToken ct)
        => await checkpoints.HoldAsync(connection, transaction, lease, null, ct).ConfigureAwait(false)
            && await transaction.ExecuteAsync(_statements.Remove, ct, ("id", lease.Id), ("place", row.Place)).ConfigureAwait(false) > 0;

    /// <summary>
    /// Whether an event is parked, once every transaction that removes it under this lease is over, including one whose commit was not
    /// answered.
    /// </summary>
    /// <exception cref="SubscriptionLostException">As for
    /// <see cref="ParkAsync(Lease, IReadOnlyList{ParkedRow}, long?, CancellationToken)"/>.</exception>
    public async Task<bool> IsParkedAsync(Lease lease, ParkedRow row, CancellationToken ct)
    {
        _ = await checkpoints.PositionAsync(lease, ct).ConfigureAwait(false);
        return await IsThereAsync(lease, row.Place, ct).ConfigureAwait(false);
    }

    /// <summary>Whether the row of an event currently exists.</summary>
    public async Task<bool> IsThereAsync(Lease lease, long place, CancellationToken ct)
    {
        await using var connection = await StoreConnection.OpenAsync(contexts, ct).ConfigureAwait(false);
        await using var command = connection.Command(_statements.IsParked, ("id", lease.Id), ("place", place));
        return await command.ScalarAsync(ct).ConfigureAwait(false) is not null;
    }

    /// <summary>Records that an event failed again. It stays parked with all events of its key until another replay is requested.</summary>
    /// <exception cref="SubscriptionLostException">As for
    /// <see cref="ParkAsync(Lease, IReadOnlyList{ParkedRow}, long?, CancellationToken)"/>.</exception>
    /// <param name="lease">The lease of the partition.</param>
    /// <param name="row">The event.</param>
    /// <param name="error">Why it stays parked.</param>
    /// <param name="isTried">Whether it was handled again.</param>
    /// <param name="ct">Cancels it.</param>
    public Task ReplayFailedAsync(Lease lease, ParkedRow row, string error, bool isTried, CancellationToken ct)
        => LeaseCoordinator.KeepTextAsync(error, (text, token) => checkpoints.RunFencedAsync(lease, null, async (connection, transaction) =>
        {
            await transaction.ExecuteAsync(
                _statements.Fail, token,
                ("id", lease.Id), ("place", row.Place), ("error", text), ("tries", isTried ? 1 : 0)).ConfigureAwait(false);
            return await transaction.ExecuteAsync(
                _statements.EndReplay, token, ("id", lease.Id), ("key", row.Key)).ConfigureAwait(false) > 0;
        }, token), ct);

    private async Task InsertAsync(
        DbConnection connection, DbTransaction transaction, Lease lease, IReadOnlyList<ParkedRow> rows, CancellationToken ct)
    {
        foreach (var row in rows.Where(row => row.Error is not null))
        {
            await transaction.ExecuteAsync(
                _statements.Park, ct,
                ("id", lease.Id), ("key", row.Key), ("place", row.Place), ("event_id", row.EventId), ("position", row.Position),
                ("error", row.Error), ("attempts", row.Attempts), ("is_replayed", row.IsReplayed)).ConfigureAwait(false);
        }

        var behind = rows.Where(row => row.Error is null).ToArray();
        if (behind.Length > 0)
        {
            await transaction.ExecuteAsync(
                _statements.ParkBehind, ct, ("id", lease.Id), ("rows", JsonLists.Of(behind, Write))).ConfigureAwait(false);
        }
    }

    /// <summary>Writes an item of the parameter <c>rows</c> of <see cref="ParkedStatements.ParkBehind"/>.</summary>
    private static void Write(Utf8JsonWriter json, ParkedRow row)
    {
        json.WriteStartObject();
        json.WriteString("key"u8, row.Key);
        json.WriteNumber("place"u8, row.Place);

        // In the case in which SQLite's driver writes it.
        json.WriteString("event_id"u8, row.EventId.ToString("D").ToUpperInvariant());
        json.WriteNumber("position"u8, row.Position);
        json.WriteBoolean("is_replayed"u8, row.IsReplayed);
        json.WriteEndObject();
    }

    private async Task<IReadOnlyCollection<string>> RemoveAsync(
        DbConnection connection, DbTransaction transaction, Lease lease, IReadOnlyList<ParkedRow> rows, CancellationToken ct)
    {
        await transaction.ExecuteAsync(
            _statements.RemoveAll, ct, ("id", lease.Id), ("ids", JsonLists.Ids(rows.Select(row => row.Place)))).ConfigureAwait(false);
        var keys = rows.Select(row => row.Key).ToHashSet(StringComparer.Ordinal);
        await using var command = connection.Command(_statements.KeysAmong, ("id", lease.Id), ("keys", JsonLists.Names(keys)));
        command.Transaction = transaction;
        await using var reader = await command.ExecuteReaderAsync(ct).ConfigureAwait(false);
        while (await reader.ReadAsync(ct).ConfigureAwait(false))
            keys.Remove(reader.GetString(0));

        await reader.EndAsync(ct).ConfigureAwait(false);
        return keys;
    }
}

/// <summary>A parked event.</summary>
/// <param name="Place">Its position in what the subscription reads: in a stream, its number.</param>
/// <param name="Key">Its partition key.</param>
/// <param name="EventId">Its id.</param>
/// <param name="Position">Its position in the store.</param>
/// <param name="Error">Why it failed; null if it is only queued behind an earlier event of its key.</param>
/// <param name="Attempts">How often it was tried; 0 if it is only queued.</param>
/// <param name="IsReplayed">Whether its key is being replayed, so that it will be replayed too.</param>
internal sealed record ParkedRow(long Place, string Key, Guid EventId, long Position, string? Error, int Attempts, bool IsReplayed = false);
