using System.Runtime.CompilerServices;
using EventStore.EF.Schema;
using EventStore.EF.Storage;
using EventStore.EF.Storage.Sql;
using EventStore.EF.Subscriptions.Definitions;
using Microsoft.EntityFrameworkCore;

namespace EventStore.EF.Subscriptions.Administration;

#pragma warning disable CA1309 // Compared by the database, whose columns of names are ordinal; LINQ translates only this overload.
/// <summary>Lists subscriptions and how far behind they are, page by page, each page by key.</summary>
internal sealed class SubscriptionList(IStorage storage, StorageAccess access, StoreContexts contexts)
{
    private const int PageSize = 100;

    private readonly SubscriptionAdministrationStatements _statements = storage.Statements.Administration;

    public async Task<SubscriptionInfo?> FindAsync(string name, string stream, CancellationToken ct)
        => (await FetchAsync(rows => rows.Where(row => row.Name == name && row.Stream == stream), ct).ConfigureAwait(false))
            .SingleOrDefault();

    public async IAsyncEnumerable<SubscriptionInfo> ListAsync([EnumeratorCancellation] CancellationToken ct = default)
    {
        var (name, stream) = ("", "");
        while (true)
        {
            var (lastName, lastStream) = (name, stream);
            var page = await FetchAsync(
                rows => rows.Where(
                    row => string.Compare(row.Name, lastName) > 0 || (row.Name == lastName && string.Compare(row.Stream, lastStream) > 0)),
                ct).ConfigureAwait(false);
            foreach (var subscription in page)
                yield return subscription;

            if (page.Count < PageSize)
                yield break;

            (name, stream) = (page[^1].Name.Value, page[^1].Stream?.Value ?? EventStoreModel.All);
        }
    }

    private ValueTask<List<SubscriptionInfo>> FetchAsync(
        Func<IQueryable<StoredSubscription>, IQueryable<StoredSubscription>> select, CancellationToken ct)
        => access.RunAsync(
            static (fetch, token) => fetch.List.ReadAsync(fetch.select, token), (List: this, select), StorageOperation.Read, ct);

    private async Task<List<SubscriptionInfo>> ReadAsync(
        Func<IQueryable<StoredSubscription>, IQueryable<StoredSubscription>> select, CancellationToken ct)
    {
        await using var context = await contexts.Factory.CreateDbContextAsync(ct).ConfigureAwait(false);

        // Subscriptions are selected by the row of their first partition; then the rows of all their partitions are joined.
        var page = select(context.Subscriptions.Where(row => row.Partition == 0))
            .OrderBy(row => row.Name)
            .ThenBy(row => row.Stream)
            .Take(PageSize);
        var rows = await (
            from first in page
            join row in context.Subscriptions on new { first.Name, first.Stream } equals new { row.Name, row.Stream }
            orderby row.Name, row.Stream, row.Partition
            select new PartitionRow(row, context.ParkedEvents.Count(parked => parked.SubscriptionId == row.Id)))
                .ToListAsync(ct).ConfigureAwait(false);

        var infos = new List<SubscriptionInfo>();
        foreach (var partitions in rows.GroupBy(row => (row.Row.Name, row.Row.Stream)))
            infos.Add(await InfoAsync([.. partitions], ct).ConfigureAwait(false));

        return infos;
    }

    private async Task<SubscriptionInfo> InfoAsync(PartitionRow[] partitions, CancellationToken ct)
    {
        var slowest = partitions.MinBy(partition => partition.Row.Position)!.Row;
        var (head, lag, since, now) = await LagAsync(slowest, ct).ConfigureAwait(false);
        var failed = partitions.Select(partition => partition.Row).Where(row => row.LastError is not null).MaxBy(row => row.LastErrorAt);
        return new()
        {
            Name = slowest.Name,
            Stream = slowest.Stream == EventStoreModel.All ? default(StreamName?) : StreamName.FromStored(slowest.Stream),
            Position = slowest.Position,
            Head = head,
            LagEvents = lag,
            LagTime = since is { } first && now > first ? now - first : TimeSpan.Zero,
            Status = Status(partitions, failed is not null, now),
            ParkedCount = partitions.Sum(partition => partition.ParkedCount),
            LastError = failed?.LastError,
            LastErrorAt = failed?.LastErrorAt is { } at ? new(at) : null,
            CreatedAt = new(slowest.CreatedAt),
            Handles = HandledTypes.Parse(slowest.Handles)?.Names.ToArray(),
            Partitions = [.. partitions.Select(partition => new SubscriptionPartition
            {
                Partition = partition.Row.Partition,
                Position = partition.Row.Position,
                Owner = partition.IsOwned(now) ? partition.Row.Owner : null,
                LeaseExpiresAt = partition.IsOwned(now) ? new(partition.Row.LeaseExpiresAt!.Value) : null,
                Epoch = partition.Row.Epoch,
                IsCovered = partition.Row.IsCovered || !partition.IsOwned(now),
            })],
        };
    }

    private static SubscriptionStatus Status(PartitionRow[] partitions, bool hasFailed, DateTime now)
        => Array.Exists(partitions, partition => partition.Row.IsPaused) ? SubscriptionStatus.Paused
            : !Array.TrueForAll(partitions, partition => partition.IsOwned(now)) ? SubscriptionStatus.Stopped
            : hasFailed ? SubscriptionStatus.Failing : SubscriptionStatus.Running;

    private async Task<(long Head, int Lag, DateTime? Since, DateTime Now)> LagAsync(StoredSubscription row, CancellationToken ct)
    {
        await using var connection = await StoreConnection.OpenAsync(contexts.Factory, ct).ConfigureAwait(false);
        await using var command = row.Stream == EventStoreModel.All
            ? connection.Command(_statements.LagInAll, ("position", row.Position), ("count", SubscriptionInfo.MaxLagEvents))
            : connection.Command(
                _statements.LagInStream,
                ("stream", row.Stream), ("stream_id", row.StreamId), ("position", row.Position), ("count", SubscriptionInfo.MaxLagEvents));
        await using var reader = await command.ExecuteReaderAsync(ct).ConfigureAwait(false);
        await reader.ReadAsync(ct).ConfigureAwait(false);
        return (reader.GetInt64(0), (int)reader.GetInt64(1), reader.IsDBNull(2) ? null : StoredTime.Utc(reader.GetDateTime(2)),
            StoredTime.Utc(reader.GetDateTime(3)));
    }

    private sealed record PartitionRow(StoredSubscription Row, int ParkedCount)
    {
        public bool IsOwned(DateTime now) => Row.Owner is not null && Row.LeaseExpiresAt > now;
    }
}
#pragma warning restore CA1309
