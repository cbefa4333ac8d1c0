using System.Data.Common;
using System.Runtime.CompilerServices;
using EventStore.EF.Storage;

namespace EventStore.EF.Read;

/// <summary>
/// Reads page by page, by key: each page starts after the last event of the previous one. An event that was handed out is not kept, so
/// that no two pages of large events are in memory at a time.
/// </summary>
internal sealed class EventReader(IStorage storage, StorageAccess access)
{
    public async IAsyncEnumerable<RecordedEvent> ReadStreamAsync(
        StreamName stream, ReadOptions options, DbTransaction? transaction, [EnumeratorCancellation] CancellationToken ct = default)
    {
        var pages = new StreamPages(this, stream, options, transaction);
        while (await pages.NextEventsAsync(ct).ConfigureAwait(false) is { } events)
        {
            while (events.TryDequeue(out var @event))
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
        var pages = new StreamPages(this, stream, options, transaction);
        while (await pages.NextAsync(ct).ConfigureAwait(false) is { } page)
            yield return page;
    }

    public async IAsyncEnumerable<RecordedEvent> ReadAllAsync(ReadOptions options, [EnumeratorCancellation] CancellationToken ct = default)
    {
        var pages = new AllPages(this, options);
        while (await pages.NextEventsAsync(ct).ConfigureAwait(false) is { } events)
        {
            while (events.TryDequeue(out var @event))
                yield return @event;
        }
    }

    private static long Start(ReadOptions options)
        => options.From ?? (options.Direction is ReadDirection.Forward ? 0 : long.MaxValue);

    private ValueTask<AllPage> ReadAsync(AllPageQuery query, CancellationToken ct)
        => access.RunAsync(storage.ReadAllAsync, query, StorageOperation.Read, ct);

    private ValueTask<StreamPage> ReadAsync(StreamPageQuery query, DbTransaction? transaction, CancellationToken ct)
        => access.RunAsync(
            ReadPageAsync, (query, transaction), new(query.Stream, IsWrite: false, transaction is not null), ct);

    private Task<StreamPage> ReadPageAsync((StreamPageQuery Query, DbTransaction? Transaction) page, CancellationToken ct)
        => storage.ReadStreamAsync(page.Query, page.Transaction, ct);

    /// <summary>The pages of one stream, one after the other. Keeps none of them.</summary>
    private sealed class StreamPages(EventReader reader, StreamName stream, ReadOptions options, DbTransaction? transaction)
    {
        private long _remaining = options.MaxCount ?? long.MaxValue;
        private long _from = Start(options);
        private bool _hasLarge;

        /// <summary>Reads the next page; null after the last one.</summary>
        public async ValueTask<StreamPage?> NextAsync(CancellationToken ct)
        {
            if (_remaining <= 0)
                return null;

            var count = (int)Math.Min(options.PageSize, _remaining);
            var query = new StreamPageQuery(stream, options.Direction, _from, count, options.Filter) { ExpectsLarge = _hasLarge };
            var page = await reader.ReadAsync(query, transaction, ct).ConfigureAwait(false);
            if (page.Condition is StreamCondition.Missing)
                throw new StreamNotFoundException(stream);
            if (page.Condition is StreamCondition.Deleted)
                throw new StreamDeletedException(stream);

            _hasLarge = page.HasLarge;
            _remaining = page.IsEnd ? 0 : _remaining - page.Events.Count;
            if (!page.IsEnd)
                _from = page.Events[^1].Number + (options.Direction is ReadDirection.Forward ? 1 : -1);

            return page;
        }

        /// <summary>Reads the events of the next page; null after the last one.</summary>
        public async ValueTask<Queue<RecordedEvent>?> NextEventsAsync(CancellationToken ct)
            => await NextAsync(ct).ConfigureAwait(false) is { } page ? new(page.Events) : null;
    }

    /// <summary>The pages of all events, one after the other. Keeps none of them.</summary>
    private sealed class AllPages(EventReader reader, ReadOptions options)
    {
        private long _remaining = options.MaxCount ?? long.MaxValue;
        private long _from = Start(options);
        private bool _hasLarge;

        /// <summary>Reads the events of the next page; null after the last one.</summary>
        public async ValueTask<Queue<RecordedEvent>?> NextEventsAsync(CancellationToken ct)
        {
            if (_remaining <= 0)
                return null;

            var count = (int)Math.Min(options.PageSize, _remaining);
            var query = new AllPageQuery(options.Direction, _from, count, options.Filter) { ExpectsLarge = _hasLarge };
            var page = await reader.ReadAsync(query, ct).ConfigureAwait(false);
            _hasLarge = page.HasLarge;
            _remaining = page.IsEnd ? 0 : _remaining - page.Events.Count;
            if (!page.IsEnd)
                _from = options.Direction is ReadDirection.Forward ? page.Through + 1 : page.Events[^1].Position - 1;

            return new(page.Events);
        }
    }
}
