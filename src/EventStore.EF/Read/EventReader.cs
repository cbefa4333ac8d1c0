using System.Data.Common;
using System.Runtime.CompilerServices;
using EventStore.EF.Storage;

namespace EventStore.EF.Read;

/// <summary>Reads page by page, by key: each page starts after the last event of the previous one.</summary>
internal sealed class EventReader(IStorage storage, StorageAccess access)
{
    public async IAsyncEnumerable<RecordedEvent> ReadStreamAsync(
        StreamName stream, ReadOptions options, DbTransaction? transaction, [EnumeratorCancellation] CancellationToken ct = default)
    {
        await foreach (var page in ReadStreamPagesAsync(stream, options, transaction, ct).ConfigureAwait(false))
        {
            foreach (var @event in page.Events)
                yield return @event;
        }
    }

    /// <summary>
    /// Returns at least one page. When reading forward without <see cref="ReadOptions.MaxCount"/>, the pages contain all events up to the
    /// version of the last page.
    /// </summary>
    public async IAsyncEnumerable<StreamPage> ReadStreamPagesAsync(
        StreamName stream, ReadOptions options, DbTransaction? transaction, [EnumeratorCancellation] CancellationToken ct = default)
    {
        var remaining = options.MaxCount ?? long.MaxValue;
        var from = Start(options);
        var hasLarge = false;
        while (remaining > 0)
        {
            var count = (int)Math.Min(options.PageSize, remaining);
            var query = new StreamPageQuery(stream, options.Direction, from, count, options.Filter) { ExpectsLarge = hasLarge };
            var page = await access.RunAsync(
                ReadPageAsync, (query, transaction), new(stream, IsWrite: false, transaction is not null), ct).ConfigureAwait(false);
            if (page.Condition is StreamCondition.Missing)
                throw new StreamNotFoundException(stream);
            if (page.Condition is StreamCondition.Deleted)
                throw new StreamDeletedException(stream);

            yield return page;
            if (page.IsEnd)
                yield break;

            remaining -= page.Events.Count;
            hasLarge = page.HasLarge;
            from = page.Events[^1].Number + (options.Direction is ReadDirection.Forward ? 1 : -1);
        }
    }

    public async IAsyncEnumerable<RecordedEvent> ReadAllAsync(ReadOptions options, [EnumeratorCancellation] CancellationToken ct = default)
    {
        var remaining = options.MaxCount ?? long.MaxValue;
        var from = Start(options);
        var hasLarge = false;
        while (remaining > 0)
        {
            var count = (int)Math.Min(options.PageSize, remaining);
            var query = new AllPageQuery(options.Direction, from, count, options.Filter) { ExpectsLarge = hasLarge };
            var page = await access.RunAsync(storage.ReadAllAsync, query, StorageOperation.Read, ct).ConfigureAwait(false);
            foreach (var @event in page.Events)
                yield return @event;

            if (page.IsEnd)
                yield break;

            remaining -= page.Events.Count;
            hasLarge = page.HasLarge;
            from = options.Direction is ReadDirection.Forward ? page.Through + 1 : page.Events[^1].Position - 1;
        }
    }

    private Task<StreamPage> ReadPageAsync((StreamPageQuery Query, DbTransaction? Transaction) page, CancellationToken ct)
        => storage.ReadStreamAsync(page.Query, page.Transaction, ct);

    private static long Start(ReadOptions options)
        => options.From ?? (options.Direction is ReadDirection.Forward ? 0 : long.MaxValue);
}
