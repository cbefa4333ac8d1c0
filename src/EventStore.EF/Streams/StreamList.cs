using System.Data.Common;
using System.Runtime.CompilerServices;
using System.Text;
using EventStore.EF.Schema;
using EventStore.EF.Storage;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Storage;

namespace EventStore.EF.Streams;

#pragma warning disable CA1309 // The database compares, and its name columns are ordinal; LINQ translates only this overload.
/// <summary>Lists streams with LINQ, page by page, each page by key.</summary>
internal sealed class StreamList(IStorage storage, StorageAccess access, StoreContexts contexts, DbTransaction? transaction)
{
    private DbTransaction? Transaction => AmbientTransaction.Join(storage, transaction);

    public async Task<StreamInfo?> FindAsync(StreamName stream, CancellationToken ct)
    {
        var found = await FetchAsync(
            streams => streams.Where(row => row.Name == stream.Value),
            new(stream, IsWrite: false, Transaction is not null), isPage: false, ct).ConfigureAwait(false);
        return found.SingleOrDefault();
    }

    public async IAsyncEnumerable<StreamInfo> ListAsync(StreamListOptions options, [EnumeratorCancellation] CancellationToken ct = default)
    {
        var remaining = options.MaxCount ?? int.MaxValue;
        var after = options.After;
        while (remaining > 0)
        {
            var count = Math.Min(options.PageSize, remaining);
            var last = after;
            var page = await FetchAsync(
                streams => Ordered(Filtered(streams, options), options.OrderBy, last).Take(count),
                new(null, IsWrite: false, Transaction is not null), isPage: true, ct).ConfigureAwait(false);
            foreach (var stream in page)
                yield return stream;

            if (page.Count < count)
                yield break;

            remaining -= page.Count;
            after = page[^1];
        }
    }

    private ValueTask<List<StreamInfo>> FetchAsync(
        Func<IQueryable<StoredStream>, IQueryable<StoredStream>> select, StorageOperation operation, bool isPage, CancellationToken ct)
        => access.RunAsync(
            static async (fetch, token) =>
            {
                await using var context = await fetch.Contexts.CreateAsync(fetch.Transaction, token).ConfigureAwait(false);
                await using var own = fetch.Transaction is null && fetch.PlanByIndex is not null
                    ? await context.Database.BeginTransactionAsync(token).ConfigureAwait(false)
                    : null;
                if (own is not null)
                    _ = await own.GetDbTransaction().ExecuteAsync(fetch.PlanByIndex!, token).ConfigureAwait(false);

                var rows = await fetch.Select(OfNoTenant(context.Streams)).ToListAsync(token).ConfigureAwait(false);
                return rows.ConvertAll(Info);
            },
            (Contexts: contexts, Transaction, PlanByIndex: isPage ? storage.Statements.PlanByIndex : null, Select: select),
            operation, ct);

    /// <summary>The streams of the tenant without a name, which are all; their index begins with it.</summary>
    private static IQueryable<StoredStream> OfNoTenant(IQueryable<StoredStream> streams)
        => streams.Where(row => Microsoft.EntityFrameworkCore.EF.Property<string>(row, EventStoreModel.Tenant) == "");

    private static IQueryable<StoredStream> Filtered(IQueryable<StoredStream> streams, StreamListOptions options)
    {
        if (!options.IncludeDeleted)
            streams = streams.Where(row => row.DeletedAt == null);
        if (options.Contains is { } text)
            streams = streams.Where(row => row.Name.Contains(text));
        if (options.Prefix is not { } prefix)
            return streams;

        // A range, not a pattern: it has no wildcards, is as case-sensitive as names are, and can use the index of names.
        streams = streams.Where(row => string.Compare(row.Name, prefix) >= 0);
        return Successor(prefix) is { } end ? streams.Where(row => string.Compare(row.Name, end) < 0) : streams;
    }

    private static IQueryable<StoredStream> Ordered(IQueryable<StoredStream> streams, StreamOrder order, StreamInfo? after)
    {
        var name = after?.Name.Value;
        if (order is StreamOrder.Name)
            return (name is null ? streams : streams.Where(row => string.Compare(row.Name, name) > 0)).OrderBy(row => row.Name);

        if (after is not null)
        {
            var time = after.LastActivityAt.UtcDateTime;
            streams = streams.Where(row => row.LastActivityAt < time || (row.LastActivityAt == time && string.Compare(row.Name, name) > 0));
        }

        return streams.OrderByDescending(row => row.LastActivityAt).ThenBy(row => row.Name);
    }

    /// <summary>
    /// The smallest text greater than everything that starts with <paramref name="prefix"/>, by code point; null if there is none.
    /// </summary>
    private static string? Successor(string prefix)
    {
        var runes = prefix.EnumerateRunes().ToList();
        while (runes.Count > 0 && runes[^1].Value == 0x10FFFF)
            runes.RemoveAt(runes.Count - 1);

        if (runes.Count == 0)
            return null;

        // U+D800 to U+DFFF are not characters.
        var next = runes[^1].Value + 1;
        runes[^1] = new Rune(next == 0xD800 ? 0xE000 : next);
        return string.Concat(runes);
    }

    private static StreamInfo Info(StoredStream row) => new()
    {
        Name = StreamName.FromStored(row.Name),
        Version = row.Version,
        OldestVersion = row.KeptFrom,
        HasLinks = row.HasLinks,
        CreatedAt = new(row.CreatedAt),
        LastActivityAt = new(row.LastActivityAt),
        DeletedAt = row.DeletedAt is { } deletedAt ? new(deletedAt) : null,
    };
}
#pragma warning restore CA1309
