using System.Globalization;
using EventStore.EF.Storage.Sql;
using EventStore.EF.Subscriptions.Definitions;

namespace EventStore.EF.Subscriptions.Administration;

/// <summary>
/// Changes the number of a subscription's partitions, in one transaction that has locked its rows. No process needs to run the
/// subscription: it may be paused or stand still at an event. All partitions start at the position of the slowest old partition, with a
/// record of what the others have finished, and with an epoch above every owner's, so that the old owners can write nothing more.
/// </summary>
/// <param name="statements">The store's statements.</param>
/// <param name="subscription">The transaction.</param>
internal sealed class Repartition(StoreStatements statements, SubscriptionTransaction subscription)
{
    /// <summary>The number of keys whose parked events are moved together.</summary>
    private const int KeyPageSize = 500;

    private readonly ShapeStatements _shapes = statements.Shapes;

    /// <returns>How many partitions there were; 0 if the subscription doesn't exist.</returns>
    public async Task<int> RunAsync(int partitions, CancellationToken ct)
    {
        var (before, streamId) = await ReadAsync(ct).ConfigureAwait(false);
        if (before.Count == 0 || before.Count == partitions)
            return before.Count;

        var common = CommonState.Of(before, streamId);
        foreach (var id in common.Outdated)
            await subscription.RunAsync(statements.Parked.Clear, ct, ("id", id)).ConfigureAwait(false);

        await subscription.RunAsync(
            _shapes.Reshape, ct, ("partitions", partitions), ("position", common.Position), ("stream_id", common.StreamId),
            ("epoch", common.Epoch), ("is_suspected", common.Suspicion.IsSuspected), ("ends", common.Suspicion.EndsText),
            ("finished_before", common.Finished.ToJson())).ConfigureAwait(false);
        await subscription.RunAsync(_shapes.AddPartitions, ct, ("count", before.Count), ("partitions", partitions)).ConfigureAwait(false);
        await MoveAsync([.. before.Select(partition => partition.Id)], partitions, ct).ConfigureAwait(false);
        await subscription.RunAsync(_shapes.RemovePartitions, ct, ("partitions", partitions)).ConfigureAwait(false);
        return before.Count;
    }

    /// <summary>
    /// Moves parked events to the partitions that their keys now belong to, key by key with all events of the key, so that their order is
    /// kept.
    /// </summary>
    private async Task MoveAsync(IReadOnlyList<long> before, int partitions, CancellationToken ct)
    {
        var ids = (await ReadAsync(ct).ConfigureAwait(false)).Partitions.Take(partitions).Select(partition => partition.Id).ToArray();
        await subscription.RunAsync(_shapes.RemoveParkedTwice, ct).ConfigureAwait(false);
        foreach (var id in before)
        {
            for (var from = ""; ;)
            {
                var keys = await KeysAsync(id, from, ct).ConfigureAwait(false);
                foreach (var moves in keys.GroupBy(key => ids[PartitionKey.PartitionOf(key, 0, partitions)])
                    .Where(moves => moves.Key != id))
                {
                    await subscription.RunAsync(
                        _shapes.MoveParked, ct, ("id", id), ("target", moves.Key),
                        ("keys", JsonLists.Names(moves))).ConfigureAwait(false);
                }

                // Unless the last key was moved, the next page starts with it.
                if (keys.Count < KeyPageSize)
                    break;

                from = keys[^1];
            }
        }
    }

    private async Task<(List<PartitionState> Partitions, long? StreamId)> ReadAsync(CancellationToken ct)
    {
        await using var command = subscription.Command(_shapes.Partitions);
        await using var reader = await command.ExecuteReaderAsync(ct).ConfigureAwait(false);
        var (rows, streamId) = (new List<PartitionState>(), default(long?));
        while (await reader.ReadAsync(ct).ConfigureAwait(false))
        {
            rows.Add(PartitionState.Read(reader));
            streamId = reader.IsDBNull(10) ? null : Convert.ToInt64(reader.GetValue(10), CultureInfo.InvariantCulture);
        }

        // They were locked in the order of their ids, which differs from the order of their numbers once partitions were added and removed.
        return ([.. rows.OrderBy(row => row.Partition)], streamId);
    }

    private async Task<List<string>> KeysAsync(long id, string from, CancellationToken ct)
    {
        await using var command = subscription.Command(_shapes.ParkedKeys, ("id", id), ("from", from), ("count", KeyPageSize));
        await using var reader = await command.ExecuteReaderAsync(ct).ConfigureAwait(false);
        var keys = new List<string>();
        while (await reader.ReadAsync(ct).ConfigureAwait(false))
            keys.Add(reader.GetString(0));

        return keys;
    }
}
