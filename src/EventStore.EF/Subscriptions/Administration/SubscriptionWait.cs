using EventStore.EF.Schema;
using EventStore.EF.Storage;
using EventStore.EF.Subscriptions.Definitions;
using EventStore.EF.Subscriptions.Leases;
using EventStore.EF.Threading;

namespace EventStore.EF.Subscriptions.Administration;

/// <summary>Waits until a subscription has finished an event.</summary>
internal sealed class SubscriptionWait(
    IStorage storage, StorageAccess access, StoreContexts contexts, SubscriptionProgress progress, SubscriptionList list,
    IEnumerable<SubscriberRegistration> hosted, TimeProvider time)
{
    private static readonly TimeSpan FirstLook = TimeSpan.FromMilliseconds(1);

    private static readonly TimeSpan LongestInterval = TimeSpan.FromMilliseconds(100);

    public async Task RunAsync(SubscriptionName name, StreamName? stream, long position, TimeSpan timeout, CancellationToken ct)
    {
        var what = stream?.Value ?? EventStoreModel.All;
        var began = time.GetTimestamp();
        using var waiter = progress.Wait(name, what, position);
        for (var interval = FirstLook; ; interval = Backoff.Doubled(interval, LongestInterval))
        {
            var partitions = await LookAsync(name, what, position, ct).ConfigureAwait(false);
            if (partitions.Count == 0 && !IsOfTheHost(name, what))
                throw new SubscriptionNotFoundException(name, stream);

            // An event that is being replayed, or is queued behind one that is, will still be handled.
            var parked = partitions.Find(partition => partition.Parked is not null)?.Parked;
            if (parked is { IsReplayed: false })
                throw new EventParkedException(name, position, parked.Key, parked.Error);

            if (parked is null && partitions.Count > 0 && partitions.TrueForAll(partition => partition.Finished >= position))
                return;

            var left = timeout == Timeout.InfiniteTimeSpan ? interval : timeout - time.GetElapsedTime(began);
            if (left <= TimeSpan.Zero)
                throw await TimeoutAsync(name, what, position, timeout, parked is not null, ct).ConfigureAwait(false);

            await waiter.Reached.WaitAsync(left < interval ? left : interval, time, ct).ConfigureAwait(false);
        }
    }

    /// <summary>Finds out why the wait timed out.</summary>
    private async Task<SubscriptionTimeoutException> TimeoutAsync(
        SubscriptionName name, string what, long position, TimeSpan timeout, bool isParked, CancellationToken ct)
    {
        var subscription = await list.FindAsync(name.Value, what, ct).ConfigureAwait(false);
        IReadOnlyList<BlockingTransaction> holders = [];
        var reason = isParked ? SubscriptionTimeoutReason.Parked : subscription?.Status switch
        {
            null => SubscriptionTimeoutReason.NotCreated,
            SubscriptionStatus.Paused => SubscriptionTimeoutReason.Paused,
            SubscriptionStatus.Stopped => SubscriptionTimeoutReason.NotRunning,
            SubscriptionStatus.Failing => SubscriptionTimeoutReason.Failing,
            _ => SubscriptionTimeoutReason.Behind,
        };
        if (reason is SubscriptionTimeoutReason.Behind && what == EventStoreModel.All)
        {
            // A transaction that began during the wait cannot have caused all of it.
            var open = await access.RunAsync(
                static (asked, token) => asked.GetBlockingTransactionsAsync(token), storage, StorageOperation.Read,
                ct).ConfigureAwait(false);
            holders = [.. open.Where(holder => holder.Age is not { } age || age >= timeout)];
            if (holders.Count > 0)
                reason = SubscriptionTimeoutReason.HeldBack;
        }

        return new(name, position, timeout, reason, subscription, holders);
    }

    /// <summary>
    /// Whether the host of this process runs the subscription. Its row is created soon after the start, so earlier callers wait for it.
    /// </summary>
    private bool IsOfTheHost(SubscriptionName name, string what)
        => hosted.Any(
            subscriber => subscriber.Name == name && (subscriber.Options.Stream?.Value ?? EventStoreModel.All) == what);

    private ValueTask<List<PartitionProgress>> LookAsync(SubscriptionName name, string what, long position, CancellationToken ct)
        => access.RunAsync(
            static async (look, token) =>
            {
                var rows = new List<PartitionProgress>();
                await using var connection = await StoreConnection.OpenAsync(look.Contexts, token).ConfigureAwait(false);
                await using var command = connection.Command(
                    look.Storage.Statements.Administration.Progress,
                    ("name", look.name.Value), ("stream", look.what), ("position", look.position));

                // Taken before the rows are read, so that they include everything reported as finished, and its parked events. The epoch
                // excludes what was finished before a rewind.
                var finished = look.Progress.Of(look.name, look.what);
                await using var reader = await command.ExecuteReaderAsync(token).ConfigureAwait(false);
                while (await reader.ReadAsync(token).ConfigureAwait(false))
                {
                    rows.Add(new(
                        Math.Max(
                            reader.GetInt64(1),
                            finished.GetValueOrDefault((reader.GetInt32(0), reader.GetInt64(5), reader.GetInt64(6)))),
                        reader.IsDBNull(2)
                            ? null
                            : new(reader.GetString(2), reader.IsDBNull(3) ? null : reader.GetString(3), reader.GetBoolean(4))));
                }

                return rows;
            },
            (Storage: storage, Contexts: contexts.Factory, Progress: progress, name, what, position), StorageOperation.Read, ct);

    /// <param name="Finished">The position up to which the partition is finished, as far as this process knows.</param>
    /// <param name="Parked">The awaited event, if this partition has parked it.</param>
    private sealed record PartitionProgress(long Finished, ParkedProgress? Parked);

    /// <param name="Key">Its partition key.</param>
    /// <param name="Error">Why it failed; null if it is only queued behind an earlier event of its key.</param>
    /// <param name="IsReplayed">Whether it will be handled again.</param>
    private sealed record ParkedProgress(string Key, string? Error, bool IsReplayed);
}
