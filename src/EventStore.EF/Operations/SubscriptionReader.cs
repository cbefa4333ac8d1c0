using System.Data.Common;
using EventStore.EF.Schema;
using EventStore.EF.Storage;
using EventStore.EF.Storage.Sql;
using EventStore.EF.Subscriptions.Definitions;

namespace EventStore.EF.Operations;

/// <summary>
/// Reads all subscriptions with their lag by three statements. How far the subscriptions to all events are behind is counted in the
/// intervals between their checkpoints, so that no event is counted for two of them.
/// </summary>
internal sealed class SubscriptionReader(IStorage storage, BackgroundConnections background)
{
    private readonly OperationsStatements _statements = storage.Statements.Operations;

    /// <param name="readAt">The database's clock.</param>
    /// <param name="ct">Cancels it.</param>
    public async Task<SubscriptionReading> ReadAsync(DateTimeOffset readAt, CancellationToken ct)
    {
        await using var connection = await background.OpenAsync(ct).ConfigureAwait(false);
        await using var transaction = storage.Statements.PlanByIndex is { } planByIndex
            ? await connection.BeginAsync(planByIndex, ct).ConfigureAwait(false)
            : null;
        var session = new Session(connection.Connection, transaction);

        // Before the head, so that no checkpoint is beyond it.
        var rows = await session.ReadAsync(
            _statements.Subscriptions, PartitionRow.Read, ct,
            ("count", StoreReport.MaxPartitions + 1), ("parked", StoreReport.MaxParkedEvents)).ConfigureAwait(false);
        var end = (await session.ReadAsync(
            _statements.Head, reader => new StoreEnd(Number(reader, 0), Number(reader, 1), Number(reader, 2)), ct)
            .ConfigureAwait(false))[0];
        var hasMore = rows.Count > StoreReport.MaxPartitions;
        var subscriptions = rows.Take(StoreReport.MaxPartitions).GroupBy(row => (row.Name, row.Stream)).Select(group => group.ToArray())
            .ToList();

        // The last one may be cut off.
        if (hasMore && subscriptions.Count > 1)
            subscriptions.RemoveAt(subscriptions.Count - 1);

        var slowest = subscriptions.Where(partitions => partitions[0].ReadsAll).Select(partitions => partitions.Min(row => row.Position));
        var lags = await ReadLagsAsync(session, slowest, end.Head, ct).ConfigureAwait(false);
        if (transaction is not null)
            await transaction.CommitAsync(ct).ConfigureAwait(false);

        return new(end, [.. subscriptions.Select(partitions => Report(partitions, lags, end, readAt))], hasMore);
    }

    private async Task<Dictionary<long, Lag>> ReadLagsAsync(
        Session session, IEnumerable<long> positions, long head, CancellationToken ct)
    {
        long[] behind = [.. positions.Where(position => position < head).Distinct().Order()];
        if (behind.Length == 0)
            return [];

        var intervals = behind.Zip(behind.Skip(1).Append(head));
        var counts = await session.ReadAsync(
            _statements.Intervals, reader => (Low: reader.GetInt64(0), Count: reader.GetInt64(1), Since: Time(reader, 2)), ct,
            ("intervals", JsonLists.Intervals(intervals)), ("count", SubscriptionInfo.MaxLagEvents)).ConfigureAwait(false);
        var (lags, sum) = (new Dictionary<long, Lag>(), 0L);
        foreach (var (low, count, since) in Enumerable.Reverse(counts))
            lags[low] = new((int)(sum = Math.Min(sum + count, SubscriptionInfo.MaxLagEvents)), since);

        return lags;
    }

    private static SubscriptionReport Report(
        PartitionRow[] partitions, Dictionary<long, Lag> lags, StoreEnd end, DateTimeOffset readAt)
    {
        var slowest = partitions.MinBy(row => row.Place)!;
        var lag = !slowest.ReadsAll
            ? new(
                (int)Math.Clamp((slowest.StreamVersion ?? 0) - slowest.Place, 0, SubscriptionInfo.MaxLagEvents), slowest.StreamSince)
            : lags.GetValueOrDefault(slowest.Position);
        var failed = partitions.Where(row => row.LastError is not null).MaxBy(row => row.LastErrorAt);
        var parked = partitions.Where(row => row.ParkedCount > 0).MinBy(row => row.FirstParkedAt);
        return new()
        {
            Info = new()
            {
                Name = slowest.Name,
                Stream = slowest.ReadsAll ? default(StreamName?) : StreamName.FromStored(slowest.Stream),
                Position = slowest.Position,
                Head = slowest.ReadsAll ? end.Head : slowest.StreamVersion ?? 0,
                LagEvents = lag.Events,
                LagTime = lag is { Events: > 0, Since: { } since } && readAt > since ? readAt - since : TimeSpan.Zero,
                Status = Array.Exists(partitions, row => row.IsPaused) ? SubscriptionStatus.Paused
                    : !Array.TrueForAll(partitions, row => row.IsOwned) ? SubscriptionStatus.Stopped
                    : failed is not null ? SubscriptionStatus.Failing : SubscriptionStatus.Running,
                ParkedCount = partitions.Sum(row => row.ParkedCount),
                LastError = failed?.LastError,
                LastErrorAt = failed?.LastErrorAt,
                CreatedAt = slowest.CreatedAt,
                Handles = HandledTypes.Parse(slowest.Handles)?.Names.ToArray(),
                Partitions = [.. partitions.Select(row => new SubscriptionPartition
                {
                    Partition = row.Partition,
                    Position = row.Position,
                    Owner = row.IsOwned ? row.Owner : null,
                    LeaseExpiresAt = row.IsOwned ? row.LeaseExpiresAt : null,
                    Epoch = row.Epoch,
                    IsCovered = row.IsCovered || !row.IsOwned,
                })],
            },
            FirstParkedAt = parked?.FirstParkedAt,
            FirstParkedError = parked?.FirstParkedError,
            PartitionsWithoutOwner = [.. partitions.Where(row => !row.IsOwned).Select(row => row.Partition)],
            LeaseExpiredAt = partitions.Where(row => row is { Owner: not null, IsLeased: false }).Min(row => row.LeaseExpiresAt),
            WithoutOwnerFor = TimeSpan.Zero,
            StandsStillFor = TimeSpan.Zero,
            IsSuspected = Array.Exists(partitions, row => row.IsSuspected),
            IsAhead = Array.Exists(
                partitions, row => row.ReadsAll
                    ? row.Position > Math.Max(end.Highest, end.Assigned)
                    : row.IsOfStream && row.Position > row.StreamVersion),
        };
    }

    private static long Number(DbDataReader reader, int column) => reader.IsDBNull(column) ? 0 : reader.GetInt64(column);

    private static DateTimeOffset? Time(DbDataReader reader, int column)
        => reader.IsDBNull(column) ? null : StoredTime.Read(reader, column);

    /// <param name="Events">The number of events behind a checkpoint.</param>
    /// <param name="Since">The creation time of the first of them.</param>
    private readonly record struct Lag(int Events, DateTimeOffset? Since);

    /// <summary>A connection, with the transaction in which statements run, if they need one.</summary>
    private readonly record struct Session(DbConnection Connection, DbTransaction? Transaction)
    {
        public async Task<List<T>> ReadAsync<T>(
            string sql, Func<DbDataReader, T> read, CancellationToken ct, params (string Name, object? Value)[] parameters)
        {
            await using var command = Connection.Command(sql, parameters);
            command.Transaction = Transaction;
            await using var reader = await command.ExecuteReaderAsync(ct).ConfigureAwait(false);
            var rows = new List<T>();
            while (await reader.ReadAsync(ct).ConfigureAwait(false))
                rows.Add(read(reader));

            await reader.EndAsync(ct).ConfigureAwait(false);
            return rows;
        }
    }
}

/// <summary>What was read of all subscriptions.</summary>
/// <param name="End">The end of the store.</param>
/// <param name="Subscriptions">The subscriptions, without what only earlier reports tell.</param>
/// <param name="HasMore">Whether there are more.</param>
internal sealed record SubscriptionReading(StoreEnd End, IReadOnlyList<SubscriptionReport> Subscriptions, bool HasMore);
