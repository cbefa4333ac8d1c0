using Microsoft.EntityFrameworkCore;
using Npgsql;
using NpgsqlTypes;

namespace EventStore.EF.PostgreSQL;

/// <summary>Reads pages of all events; forward, never beyond what is settled.</summary>
/// <remarks>
/// All events are read only on the store's own connections and outside any transaction: inside the caller's the reader would wait
/// for the caller's own lock, and under REPEATABLE READ an old snapshot would skip. The rows have their streams' ids, and each name is asked
/// for once: a join made the server gather and sort a whole page before it sent the first row, and a filter made it plan anew for each.
/// </remarks>
internal sealed class AllPageReader(
    IDbContextFactory<EventStoreDbContext> contexts, BackgroundConnections background, EventCatalog catalog, SchemaName schema, PostgreSqlOptions options,
    long pageBytes, SettledPosition settled, SettlementReader settlement)
{
    private readonly string _identity = schema.In(SettlementStatements.Identity);
    private readonly string _highestVisible = schema.In(SettlementStatements.HighestVisible);
    private readonly string _streamNames = schema.In(PageStatements.StreamNames);
    private readonly string[] _all = [schema.In(PageStatements.All(ReadDirection.Forward)), schema.In(PageStatements.All(ReadDirection.Backward))];
    private readonly string[] _allFiltered = [schema.In(PageStatements.AllFiltered(ReadDirection.Forward)), schema.In(PageStatements.AllFiltered(ReadDirection.Backward))];
    private volatile StreamNames _names = new("");

    public Task<AllPage> ReadAsync(AllPageQuery query, CancellationToken ct) => query switch
    {
        { Direction: ReadDirection.Backward } => ReadBackwardAsync(query, ct),
        { IsFiltered: false } => ReadForwardAsync(query, ct),
        _ => ReadForwardFilteredAsync(query, ct),
    };

    private async Task<AllPage> ReadBackwardAsync(AllPageQuery query, CancellationToken ct)
    {
        var (_, _, events, isFull) = await ReadAsync(query, first: 0, last: query.From, ct).ConfigureAwait(false);
        return new(events, 0, IsEnd: !isFull);
    }

    /// <summary>Without a filter an unbroken sequence of positions speaks for itself; only a gap needs the proof.</summary>
    private async Task<AllPage> ReadForwardAsync(AllPageQuery query, CancellationToken ct)
    {
        var before = Math.Max(query.From, 1) - 1;
        while (true)
        {
            var captured = settled.Capture();
            var (identity, highest, events, isFull) = await ReadAsync(query, before + 1, long.MaxValue, ct).ConfigureAwait(false);
            if (!settled.IsValid(captured, identity))
                continue;

            var start = Math.Max(captured.Position, before);
            var last = start;
            var usable = 0;
            while (usable < events.Count && (events[usable].Position <= captured.Position || events[usable].Position == last + 1))
                last = Math.Max(last, events[usable++].Position);

            if (start == captured.Position)
                settled.RaiseTo(captured, last);

            if (usable == events.Count)
                return new(events, usable == 0 ? before : events[^1].Position, IsEnd: !isFull);

            if (usable > 0)
                return new(events[..usable], events[usable - 1].Position, IsEnd: false);

            if (!await settled.ProveAsync(settlement.LookAsync, ct).ConfigureAwait(false))
                return new([], before, IsEnd: true, Math.Max(highest, events[^1].Position));
        }
    }

    /// <summary>
    /// With a filter gaps are normal, so the page ends at what was settled before its statement was sent. While somebody holds that back,
    /// it ends where the unbroken sequence of all positions does, as without a filter: he holds back only what comes after the gap.
    /// </summary>
    private async Task<AllPage> ReadForwardFilteredAsync(AllPageQuery query, CancellationToken ct)
    {
        var before = Math.Max(query.From, 1) - 1;
        var unbroken = before;
        while (true)
        {
            var captured = settled.Capture();
            var through = Math.Max(captured.Position, unbroken);
            var (identity, highest, events, isFull) = await ReadAsync(query, before + 1, through, ct).ConfigureAwait(false);
            if (!settled.IsValid(captured, identity))
            {
                unbroken = before;
                continue;
            }

            if (isFull)
                return new(events, events[^1].Position, IsEnd: false);

            if (through >= highest || through > before)
                return new(events, through, IsEnd: through >= highest);

            if (await settled.ProveAsync(settlement.LookAsync, ct).ConfigureAwait(false))
                continue;

            unbroken = await settlement.ReadUnbrokenAsync(before, ct).ConfigureAwait(false);
            if (unbroken == before)
                return new([], before, IsEnd: true, highest);
        }
    }

    /// <summary>
    /// Who answers, what is visible, and the page. Streams that are not known by name are asked for in a second message; when one is gone by
    /// then, or another server answers, all is read again.
    /// </summary>
    private async Task<(string Identity, long Highest, List<RecordedEvent> Events, bool IsFull)> ReadAsync(AllPageQuery query, long first, long last, CancellationToken ct)
    {
        await using var connection = query.IsBackground
            ? await background.OpenAsync(ct).ConfigureAwait(false)
            : await StoreConnection.OpenAsync(contexts, ct).ConfigureAwait(false);
        while (true)
        {
            var (names, highest, events, isFull, unnamed) = await ReadAsync(connection, query, first, last, ct).ConfigureAwait(false);
            if (unnamed is null || await NameAsync(connection, names, unnamed, ct).ConfigureAwait(false))
                return (names.Identity, highest, events, isFull);
        }
    }

    /// <summary>One message. The page's snapshot is never older than the others'.</summary>
    private async Task<(StreamNames Names, long Highest, List<RecordedEvent> Events, bool IsFull, List<(long StreamId, RecordedEvent Event)>? Unnamed)> ReadAsync(
        StoreConnection connection, AllPageQuery query, long first, long last, CancellationToken ct)
    {
        var page = new NpgsqlBatchCommand((query.IsFiltered ? _allFiltered : _all)[(int)query.Direction]);
        page.Parameters.Add(Parameters.Bigint(first));
        page.Parameters.Add(Parameters.Bigint(last));
        page.Parameters.Add(Parameters.Integer(query.Count));
        page.Parameters.Add(Parameters.Bigint(pageBytes));
        if (query.IsFiltered)
            FilterParameters.Add(page.Parameters, query.Filter);

        await using var batch = new NpgsqlBatch(connection.Npgsql()) { BatchCommands = { new(PageStatements.PlanByIndex), new(_identity), new(_highestVisible), page } };
        if (options.PreparedStatements)
            await batch.PrepareAsync(ct).ConfigureAwait(false);

        await using var reader = await batch.ExecuteReaderAsync(ct).ConfigureAwait(false);
        await reader.NextResultAsync(ct).ConfigureAwait(false);
        await reader.ReadAsync(ct).ConfigureAwait(false);
        var names = Names(reader.GetString(0));
        await reader.NextResultAsync(ct).ConfigureAwait(false);
        await reader.ReadAsync(ct).ConfigureAwait(false);
        var highest = reader.GetInt64(0);
        await reader.NextResultAsync(ct).ConfigureAwait(false);
        var events = new List<RecordedEvent>();
        List<(long StreamId, RecordedEvent Event)>? unnamed = null;
        var total = 0L;
        while (await reader.ReadAsync(ct).ConfigureAwait(false))
        {
            var streamId = reader.GetInt64(PageStatements.StreamIdOfAll);
            var isKnown = names.TryFind(streamId, out var name);
            var @event = EventRows.Read(reader, catalog, name);
            events.Add(@event);
            total = reader.GetInt64(PageStatements.TotalOfAll);
            if (!isKnown)
                (unnamed ??= []).Add((streamId, @event));
        }

        return (names, highest, events, IsFull: events.Count == query.Count || total >= pageBytes, unnamed);
    }

    /// <summary>Names the streams of events. False when one is gone, or when the answer comes from elsewhere than the events.</summary>
    private async Task<bool> NameAsync(StoreConnection connection, StreamNames names, List<(long StreamId, RecordedEvent Event)> unnamed, CancellationToken ct)
    {
        var found = new NpgsqlBatchCommand(_streamNames) { Parameters = { Parameters.Array(NpgsqlDbType.Bigint, unnamed.Select(one => one.StreamId).Distinct().ToArray()) } };
        await using var batch = new NpgsqlBatch(connection.Npgsql()) { BatchCommands = { new(PageStatements.PlanByIndex), new(_identity), found } };
        if (options.PreparedStatements)
            await batch.PrepareAsync(ct).ConfigureAwait(false);

        var byId = new Dictionary<long, StreamName>(unnamed.Count);
        await using var reader = await batch.ExecuteReaderAsync(ct).ConfigureAwait(false);
        await reader.NextResultAsync(ct).ConfigureAwait(false);
        await reader.ReadAsync(ct).ConfigureAwait(false);
        if (reader.GetString(0) != names.Identity)
            return false;

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
                return false;

            @event.NameStream(name);
        }

        return true;
    }

    private StreamNames Names(string identity)
    {
        var names = _names;
        return names.Identity == identity ? names : _names = new(identity);
    }
}
