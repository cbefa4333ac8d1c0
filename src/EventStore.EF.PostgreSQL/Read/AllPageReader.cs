using EventStore.EF.PostgreSQL.Connections;
using EventStore.EF.PostgreSQL.Order;
using EventStore.EF.Storage;
using Microsoft.EntityFrameworkCore;
using Npgsql;
using NpgsqlTypes;

namespace EventStore.EF.PostgreSQL.Read;

/// <summary>Reads pages of all events. Forward, it never reads beyond the settled position.</summary>
/// <remarks>
/// All events are read only on the store's own connections and outside any transaction: inside the caller's, the reader would wait for the
/// caller's own lock, and under REPEATABLE READ an old snapshot would skip events. The rows have their streams' ids, and each name is
/// looked up once: a join made the server gather and sort a whole page before it sent the first row, and a filter made it plan again for
/// each page.
/// </remarks>
internal sealed class AllPageReader(
    IDbContextFactory<EventStoreDbContext> contexts, BackgroundConnections background, EventCatalog catalog, SchemaName schema,
    PostgreSqlOptions options, long pageBytes, SettledPosition settled, SettlementReader settlement)
{
    private readonly string _identity = schema.In(SettlementStatements.Identity);
    private readonly string _highestVisible = schema.In(SettlementStatements.HighestVisible);
    private readonly string _streamNames = schema.In(PageStatements.StreamNames);
    private readonly PageTexts _all = new(schema, PageStatements.All);
    private readonly PageTexts _allFiltered = new(schema, PageStatements.AllFiltered);
    private volatile StreamNames _names = new("");

    public Task<AllPage> ReadAsync(AllPageQuery query, CancellationToken ct) => query switch
    {
        { Direction: ReadDirection.Backward } => ReadBackwardAsync(query, ct),
        { IsFiltered: false } => ReadForwardAsync(query, ct),
        _ => ReadForwardFilteredAsync(query, ct),
    };

    private async Task<AllPage> ReadBackwardAsync(AllPageQuery query, CancellationToken ct)
    {
        var read = await ReadAsync(query, first: 0, last: query.From, ct).ConfigureAwait(false);
        if (read.Unassigned is { } unassigned && unassigned.Assigned < query.From)
            read = await ReadAsync(query, first: 0, last: unassigned.Assigned, ct).ConfigureAwait(false);

        return new(read.Events, 0, IsEnd: !read.IsFull) { HasLarge = read.HasLarge };
    }

    /// <summary>Reads without a filter. An unbroken sequence of positions needs no proof; only a gap does.</summary>
    private async Task<AllPage> ReadForwardAsync(AllPageQuery query, CancellationToken ct)
    {
        var before = Math.Max(query.From, 1) - 1;
        while (true)
        {
            var captured = settled.Capture();
            var read = await ReadAsync(query, before + 1, long.MaxValue, ct).ConfigureAwait(false);
            if (!settled.IsValid(captured, read.Names.Identity))
                continue;

            var events = read.Assigned;
            var start = Math.Max(captured.Position, before);
            var last = start;
            var usable = 0;
            while (usable < events.Count && (events[usable].Position <= captured.Position || events[usable].Position == last + 1))
                last = Math.Max(last, events[usable++].Position);

            if (start == captured.Position)
                settled.RaiseTo(captured, last);

            if (usable == events.Count)
            {
                // What follows is not believed, and nothing is read beyond it.
                if (usable == 0 && read.Unassigned is { Finding: { } finding })
                    throw finding;

                return new(events, usable == 0 ? before : events[^1].Position, IsEnd: !read.IsFull && read.Unassigned is null)
                {
                    HasLarge = read.HasLarge,
                };
            }

            if (usable > 0)
                return new(events[..usable], events[usable - 1].Position, IsEnd: false) { HasLarge = read.HasLarge };

            if (!await settled.ProveAsync(settlement.LookAsync, ct).ConfigureAwait(false))
                return new([], before, IsEnd: true, Math.Max(read.Highest, events[^1].Position));
        }
    }

    /// <summary>
    /// Reads with a filter. Gaps are normal then, so the page ends at the position that was settled before its statement was sent. While an
    /// open transaction delays that, the page ends where the unbroken sequence of all positions ends, as without a filter: the transaction
    /// only delays what comes after the gap.
    /// </summary>
    private async Task<AllPage> ReadForwardFilteredAsync(AllPageQuery query, CancellationToken ct)
    {
        var before = Math.Max(query.From, 1) - 1;
        var unbroken = before;
        while (true)
        {
            var captured = settled.Capture();
            var through = Math.Max(captured.Position, unbroken);
            var read = await ReadAsync(query, before + 1, through, ct).ConfigureAwait(false);
            if (!settled.IsValid(captured, read.Names.Identity))
            {
                unbroken = before;
                continue;
            }

            if (read.IsFull)
                return new(read.Events, read.Events[^1].Position, IsEnd: false) { HasLarge = read.HasLarge };

            if (through <= before && through >= read.Highest && read.Unassigned is { Finding: { } finding })
                throw finding;

            if (through >= read.Highest || through > before)
            {
                return new(read.Events, through, IsEnd: through >= read.Highest && read.Unassigned is null)
                {
                    HasLarge = read.HasLarge,
                };
            }

            if (await settled.ProveAsync(settlement.LookAsync, ct).ConfigureAwait(false))
                continue;

            unbroken = await settlement.ReadUnbrokenAsync(before, ct).ConfigureAwait(false);
            if (read.Unassigned is not null)
                unbroken = Math.Clamp(unbroken, before, Math.Max(before, read.Highest));

            if (unbroken == before)
                return new([], before, IsEnd: true, read.Highest);
        }
    }

    /// <summary>
    /// Reads the server's identity, the highest visible position, and the page. Unknown stream names are looked up in a second message; if
    /// a stream is gone by then, or another server answers, everything is read again.
    /// </summary>
    private async Task<Answer> ReadAsync(AllPageQuery query, long first, long last, CancellationToken ct)
    {
        await using var connection = query.IsBackground
            ? await background.OpenAsync(ct).ConfigureAwait(false)
            : await StoreConnection.OpenAsync(contexts, ct).ConfigureAwait(false);
        var orphan = (StreamId: 0L, Position: 0L);
        while (true)
        {
            var answer = await ReadAsync(connection, query, first, last, ct).ConfigureAwait(false);
            if (answer.Unnamed is not { } unnamed)
                return answer;

            var naming = await NameAsync(connection, answer.Names, unnamed, ct).ConfigureAwait(false);
            if (naming.IsDone)
                return answer;

            // A stream and its events are removed together, so the second time it can't just have been removed.
            if (naming.Orphan is var found && found == orphan && found.Position > 0)
                throw InconsistentStoreException.StreamMissing(found.Position, found.StreamId);

            orphan = naming.Orphan;
        }
    }

    /// <summary>Reads all of it in one message. The page's snapshot is never older than those of the other statements.</summary>
    private async Task<Answer> ReadAsync(StoreConnection connection, AllPageQuery query, long first, long last, CancellationToken ct)
    {
        var form = PageTexts.Form(query.ExpectsLarge, query.Count, pageBytes);
        var page = new NpgsqlBatchCommand((query.IsFiltered ? _allFiltered : _all).Of(query.Direction, form));
        page.Parameters.Add(Parameters.Bigint(first));
        page.Parameters.Add(Parameters.Bigint(last));
        page.Parameters.Add(Parameters.Integer(query.Count));
        if (query.IsFiltered)
            FilterParameters.Add(page.Parameters, query.Filter);
        if (form is PageForm.Counted)
            page.Parameters.Add(Parameters.Bigint(pageBytes));

        await using var batch = new NpgsqlBatch(connection.Npgsql())
        {
            BatchCommands = { new(PageStatements.PlanByIndex), new(_identity), new(_highestVisible), page },
        };
        if (options.PreparedStatements)
            await batch.PrepareAsync(ct).ConfigureAwait(false);

        await using var reader = await batch.ExecuteReaderAsync(ct).ConfigureAwait(false);
        await reader.NextResultAsync(ct).ConfigureAwait(false);
        await reader.ReadAsync(ct).ConfigureAwait(false);
        var names = Names(reader.GetString(0));
        await reader.NextResultAsync(ct).ConfigureAwait(false);
        await reader.ReadAsync(ct).ConfigureAwait(false);
        var (highest, assigned) = (reader.GetInt64(0), reader.GetInt64(1));
        await reader.NextResultAsync(ct).ConfigureAwait(false);
        var events = new List<RecordedEvent>();
        List<(long StreamId, RecordedEvent Event)>? unnamed = null;
        var (size, total, hasLarge) = (0, 0L, false);
        while (await reader.ReadAsync(ct).ConfigureAwait(false))
        {
            var streamId = reader.GetInt64(PageStatements.StreamIdOfAll);
            var isKnown = names.TryFind(streamId, out var name);
            var @event = EventRows.Read(reader, catalog, name);
            events.Add(@event);
            size = reader.GetInt32(PageStatements.SizeOfAll);
            hasLarge |= size > PageStatements.Large;
            if (form is PageForm.Counted)
                total = reader.GetInt64(PageStatements.TotalOfAll);

            if (!isKnown)
                (unnamed ??= []).Add((streamId, @event));
        }

        var isCut = form is PageForm.Counted ? total >= pageBytes : size > PageStatements.Large;
        UnassignedPosition? unassigned = null;
        if (highest > assigned)
        {
            await reader.DisposeAsync().ConfigureAwait(false);
            unassigned = await settlement.ReadUnassignedAsync(connection.Npgsql(), assigned, ct).ConfigureAwait(false);
            highest = unassigned.Highest;
        }

        return new(names, highest, events, events.Count == query.Count || isCut, hasLarge, unnamed, unassigned);
    }

    /// <summary>
    /// Sets the stream names of events. It isn't done if a stream is gone, whose first event is then returned, or if a different server
    /// answers than for the events.
    /// </summary>
    private async Task<(bool IsDone, (long StreamId, long Position) Orphan)> NameAsync(
        StoreConnection connection, StreamNames names, List<(long StreamId, RecordedEvent Event)> unnamed, CancellationToken ct)
    {
        var found = new NpgsqlBatchCommand(_streamNames)
        {
            Parameters = { Parameters.Array(NpgsqlDbType.Bigint, unnamed.Select(one => one.StreamId).Distinct().ToArray()) },
        };
        await using var batch = new NpgsqlBatch(connection.Npgsql())
        {
            BatchCommands = { new(PageStatements.PlanByIndex), new(_identity), found },
        };
        if (options.PreparedStatements)
            await batch.PrepareAsync(ct).ConfigureAwait(false);

        var byId = new Dictionary<long, StreamName>(unnamed.Count);
        await using var reader = await batch.ExecuteReaderAsync(ct).ConfigureAwait(false);
        await reader.NextResultAsync(ct).ConfigureAwait(false);
        await reader.ReadAsync(ct).ConfigureAwait(false);
        if (reader.GetString(0) != names.Identity)
            return (false, default);

        await reader.NextResultAsync(ct).ConfigureAwait(false);
        while (await reader.ReadAsync(ct).ConfigureAwait(false))
        {
            var (id, name) = (reader.GetInt64(0), StreamName.FromStored(reader.GetString(1)));
            names.Add(id, name);
            byId.Add(id, name);
        }

        foreach (var (streamId, @event) in unnamed)
        {
            if (!byId.TryGetValue(streamId, out var name))
                return (false, (streamId, @event.Position));

            @event.NameStream(name);
        }

        return (true, default);
    }

    private StreamNames Names(string identity)
    {
        var names = _names;
        return names.Identity == identity ? names : _names = new(identity);
    }

    /// <summary>The answer to one message.</summary>
    /// <param name="Names">The stream names known of the server that answered.</param>
    /// <param name="Highest">The highest visible position that was assigned.</param>
    /// <param name="Events">The page.</param>
    /// <param name="IsFull">Whether there may be more events after it.</param>
    /// <param name="HasLarge">Whether it has large events.</param>
    /// <param name="Unnamed">Events whose stream names are not known yet.</param>
    /// <param name="Unassigned">Events whose positions were not assigned, if there are any.</param>
    private sealed record Answer(
        StreamNames Names, long Highest, List<RecordedEvent> Events, bool IsFull, bool HasLarge,
        List<(long StreamId, RecordedEvent Event)>? Unnamed, UnassignedPosition? Unassigned)
    {
        /// <summary>The events whose positions were assigned.</summary>
        public List<RecordedEvent> Assigned
            => Unassigned is null ? Events : [.. Events.TakeWhile(@event => @event.Position <= Unassigned.Assigned)];
    }
}
