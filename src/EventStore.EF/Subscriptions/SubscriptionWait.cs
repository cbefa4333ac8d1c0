namespace EventStore.EF;

/// <summary>Waits until a subscription has finished an event.</summary>
internal sealed class SubscriptionWait(StoreParts parts, SubscriptionList list)
{
    private static readonly TimeSpan FirstLook = TimeSpan.FromMilliseconds(1);

    private static readonly TimeSpan LongestInterval = TimeSpan.FromMilliseconds(100);

    public async Task RunAsync(SubscriptionName name, StreamName? stream, long position, TimeSpan timeout, CancellationToken ct)
    {
        var what = stream?.Value ?? EventStoreModel.All;
        var began = parts.Time.GetTimestamp();
        using var waiter = parts.Progress.Wait(name, what, position);
        for (var interval = FirstLook; ; interval = interval * 2 < LongestInterval ? interval * 2 : LongestInterval)
        {
            var partitions = await LookAsync(name, what, position, ct).ConfigureAwait(false);
            if (partitions.Count == 0 && !IsOfTheHost(name, what))
                throw new SubscriptionNotFoundException(name, stream);

            // What is being replayed, or came behind that, is on its way.
            var parked = partitions.Find(partition => partition.Parked is not null)?.Parked;
            if (parked is { IsReplayed: false })
                throw new EventParkedException(name, position, parked.Key, parked.Error);

            if (parked is null && partitions.Count > 0 && partitions.TrueForAll(partition => partition.Finished >= position))
                return;

            var left = timeout == Timeout.InfiniteTimeSpan ? interval : timeout - parts.Time.GetElapsedTime(began);
            if (left <= TimeSpan.Zero)
                throw await TimeoutAsync(name, what, position, timeout, parked is not null, ct).ConfigureAwait(false);

            await waiter.Reached.WaitAsync(left < interval ? left : interval, parts.Time, ct).ConfigureAwait(false);
        }
    }

    /// <summary>Looks why it has taken so long.</summary>
    private async Task<SubscriptionTimeoutException> TimeoutAsync(
        SubscriptionName name, string what, long position, TimeSpan timeout, bool isParked, CancellationToken ct)
    {
        var subscription = await list.FindAsync(name.Value, what, ct).ConfigureAwait(false);
        IReadOnlyList<PositionHolder> holders = [];
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
            // Who began only during the wait is not the cause of all of it.
            var open = await parts.Access.RunAsync(
                static (storage, token) => storage.HoldersAsync(token), parts.Storage, StorageOperation.Read, ct).ConfigureAwait(false);
            holders = [.. open.Where(holder => holder.Age is not { } age || age >= timeout)];
            if (holders.Count > 0)
                reason = SubscriptionTimeoutReason.HeldBack;
        }

        return new(name, position, timeout, reason, subscription, holders);
    }

    /// <summary>One that the host of this process runs is made soon after its start; whoever comes before that waits.</summary>
    private bool IsOfTheHost(SubscriptionName name, string what)
        => parts.Store.Subscribers.Any(subscriber => subscriber.Name == name && (subscriber.Options.Stream?.Value ?? EventStoreModel.All) == what);

    private ValueTask<List<PartitionProgress>> LookAsync(SubscriptionName name, string what, long position, CancellationToken ct)
        => parts.Access.RunAsync(
            static async (look, token) =>
            {
                var rows = new List<PartitionProgress>();
                await using var connection = await StoreConnection.OpenAsync(look.Parts.Contexts.Factory, token).ConfigureAwait(false);
                await using var command = connection.Command(
                    look.Parts.Storage.Statements.Administration.Progress, ("name", look.name.Value), ("stream", look.what), ("position", look.position));

                // Before the rows are read: what was reported as finished, and is parked, then shows there. What was finished before a rewind has
                // another epoch.
                var finished = look.Parts.Progress.Of(look.name, look.what);
                await using var reader = await command.ExecuteReaderAsync(token).ConfigureAwait(false);
                while (await reader.ReadAsync(token).ConfigureAwait(false))
                {
                    rows.Add(new(
                        Math.Max(reader.GetInt64(1), finished.GetValueOrDefault((reader.GetInt32(0), reader.GetInt64(5), reader.GetInt64(6)))),
                        reader.IsDBNull(2) ? null : new(reader.GetString(2), reader.IsDBNull(3) ? null : reader.GetString(3), reader.GetBoolean(4))));
                }

                return rows;
            },
            (Parts: parts, name, what, position), StorageOperation.Read, ct);

    /// <param name="Finished">The place up to which the partition is finished, as far as it is known here.</param>
    /// <param name="Parked">The event that is waited for, when this partition has parked it.</param>
    private sealed record PartitionProgress(long Finished, ParkedProgress? Parked);

    /// <param name="Key">Its partition key.</param>
    /// <param name="Error">Why it failed; null when it only waits behind an earlier one of its key.</param>
    /// <param name="IsReplayed">Whether it is to be handled again.</param>
    private sealed record ParkedProgress(string Key, string? Error, bool IsReplayed);
}
