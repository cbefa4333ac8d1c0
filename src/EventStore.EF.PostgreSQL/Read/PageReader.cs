using System.Data.Common;
using Microsoft.EntityFrameworkCore;
using Npgsql;
using NpgsqlTypes;

namespace EventStore.EF.PostgreSQL;

/// <summary>Reads pages of one stream and of all; of all, forward, never beyond what is settled.</summary>
/// <remarks>
/// All events are read only on the store's own connections and outside any transaction: inside the caller's the reader would wait
/// for the caller's own lock, and under REPEATABLE READ an old snapshot would skip.
/// </remarks>
internal sealed class PageReader(
    IDbContextFactory<EventStoreDbContext> contexts, EventCatalog catalog, SchemaName schema, PostgreSqlOptions options, SettledPosition settled)
{
    private readonly string _identity = schema.In(SettlementStatements.Identity);
    private readonly string _highestVisible = schema.In(SettlementStatements.HighestVisible);
    private readonly string _unbroken = schema.In(SettlementStatements.Unbroken);
    private readonly string _holders = schema.In(SettlementStatements.Holders);
    private readonly string[] _linked = [schema.In(PageStatements.StreamWithLinks(ReadDirection.Forward)), schema.In(PageStatements.StreamWithLinks(ReadDirection.Backward))];
    private readonly string[] _stream = [schema.In(PageStatements.Stream(ReadDirection.Forward)), schema.In(PageStatements.Stream(ReadDirection.Backward))];
    private readonly string[] _all = [schema.In(PageStatements.All(ReadDirection.Forward)), schema.In(PageStatements.All(ReadDirection.Backward))];
    private readonly string[] _allFiltered = [schema.In(PageStatements.AllFiltered(ReadDirection.Forward)), schema.In(PageStatements.AllFiltered(ReadDirection.Backward))];

    public async Task<StreamPage> ReadStreamAsync(StreamPageQuery query, DbTransaction? transaction, CancellationToken ct)
    {
        await using var connection = await StoreConnection.OpenAsync(contexts, transaction, ct).ConfigureAwait(false);
        var (page, hasLinks) = await ReadStreamAsync(connection, _stream[(int)query.Direction], query, ct).ConfigureAwait(false);

        // Few streams have links; the others are read without looking for any.
        return hasLinks
            ? (await ReadStreamAsync(connection, _linked[(int)query.Direction], query, ct).ConfigureAwait(false)).Page
            : page;
    }

    private async Task<(StreamPage Page, bool HasLinks)> ReadStreamAsync(StoreConnection connection, string sql, StreamPageQuery query, CancellationToken ct)
    {
        await using var command = new NpgsqlCommand(sql, connection.Npgsql());
        command.Parameters.Add(Parameters.Text(query.Stream.Value));
        command.Parameters.Add(Parameters.Bigint(query.From));
        command.Parameters.Add(Parameters.Integer(query.Count));
        AddFilter(command.Parameters, query.Filter);
        if (options.PreparedStatements && connection.Transaction is null)
            await command.PrepareAsync(ct).ConfigureAwait(false);

        var condition = StreamCondition.Missing;
        var hasLinks = false;
        var (streamId, version) = (0L, 0L);
        var events = new List<RecordedEvent>();
        await using var reader = await command.ExecuteReaderAsync(ct).ConfigureAwait(false);
        while (await reader.ReadAsync(ct).ConfigureAwait(false))
        {
            condition = reader.GetBoolean(PageStatements.IsDeleted) ? StreamCondition.Deleted : StreamCondition.Readable;
            hasLinks = reader.GetBoolean(PageStatements.HasLinks);
            (streamId, version) = (reader.GetInt64(PageStatements.StreamId), reader.GetInt64(PageStatements.Version));
            if (!reader.IsDBNull(0))
                events.Add(EventRows.Read(reader, catalog, reader.GetInt64(PageStatements.Number)));
        }

        return (new(condition, events, streamId, version), hasLinks);
    }

    public Task<AllPage> ReadAllAsync(AllPageQuery query, CancellationToken ct) => query switch
    {
        { Direction: ReadDirection.Backward } => ReadBackwardAsync(query, ct),
        { IsFiltered: false } => ReadForwardAsync(query, ct),
        _ => ReadForwardFilteredAsync(query, ct),
    };

    private async Task<AllPage> ReadBackwardAsync(AllPageQuery query, CancellationToken ct)
    {
        var (_, _, events) = await ReadAsync(query, first: 0, last: query.From, ct).ConfigureAwait(false);
        return new(events, 0, events.Count < query.Count);
    }

    /// <summary>Without a filter an unbroken sequence of positions speaks for itself; only a gap needs the proof.</summary>
    private async Task<AllPage> ReadForwardAsync(AllPageQuery query, CancellationToken ct)
    {
        var before = Math.Max(query.From, 1) - 1;
        while (true)
        {
            var captured = settled.Capture();
            var (identity, highest, events) = await ReadAsync(query, before + 1, long.MaxValue, ct).ConfigureAwait(false);
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
                return new(events, usable == 0 ? before : events[^1].Position, IsEnd: usable < query.Count);

            if (usable > 0)
                return new(events[..usable], events[usable - 1].Position, IsEnd: false);

            if (!await settled.ProveAsync(LookAsync, ct).ConfigureAwait(false))
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
            var (identity, highest, events) = await ReadAsync(query, before + 1, through, ct).ConfigureAwait(false);
            if (!settled.IsValid(captured, identity))
            {
                unbroken = before;
                continue;
            }

            if (events.Count == query.Count)
                return new(events, events[^1].Position, IsEnd: false);

            if (through >= highest || through > before)
                return new(events, through, IsEnd: through >= highest);

            if (await settled.ProveAsync(LookAsync, ct).ConfigureAwait(false))
                continue;

            unbroken = await ReadUnbrokenAsync(before, ct).ConfigureAwait(false);
            if (unbroken == before)
                return new([], before, IsEnd: true, highest);
        }
    }

    /// <summary>The last position of the unbroken sequence of visible ones behind a position, as far as one page of them reaches.</summary>
    private async Task<long> ReadUnbrokenAsync(long before, CancellationToken ct)
    {
        await using var connection = await StoreConnection.OpenAsync(contexts, ct).ConfigureAwait(false);
        await using var command = new NpgsqlCommand(_unbroken, connection.Npgsql()) { Parameters = { Parameters.Bigint(before) } };
        return (long)(await command.ExecuteScalarAsync(ct).ConfigureAwait(false))!;
    }

    /// <summary>One message: who answers, what is visible, and the page. The page's snapshot is never older than the others'.</summary>
    private async Task<(string Identity, long Highest, List<RecordedEvent> Events)> ReadAsync(AllPageQuery query, long first, long last, CancellationToken ct)
    {
        var page = new NpgsqlBatchCommand((query.IsFiltered ? _allFiltered : _all)[(int)query.Direction]);
        page.Parameters.Add(Parameters.Bigint(first));
        page.Parameters.Add(Parameters.Bigint(last));
        page.Parameters.Add(Parameters.Integer(query.Count));
        if (query.IsFiltered)
            AddFilter(page.Parameters, query.Filter);

        await using var connection = await StoreConnection.OpenAsync(contexts, ct).ConfigureAwait(false);
        await using var batch = new NpgsqlBatch(connection.Npgsql()) { BatchCommands = { new(_identity), new(_highestVisible), page } };
        if (options.PreparedStatements)
            await batch.PrepareAsync(ct).ConfigureAwait(false);

        await using var reader = await batch.ExecuteReaderAsync(ct).ConfigureAwait(false);
        await reader.ReadAsync(ct).ConfigureAwait(false);
        var identity = reader.GetString(0);
        await reader.NextResultAsync(ct).ConfigureAwait(false);
        await reader.ReadAsync(ct).ConfigureAwait(false);
        var highest = reader.GetInt64(0);
        await reader.NextResultAsync(ct).ConfigureAwait(false);
        var events = new List<RecordedEvent>();
        while (await reader.ReadAsync(ct).ConfigureAwait(false))
            events.Add(EventRows.Read(reader, catalog));

        return (identity, highest, events);
    }

    private async Task<SettlementLook> LookAsync(CancellationToken ct)
    {
        await using var connection = await StoreConnection.OpenAsync(contexts, ct).ConfigureAwait(false);
        await using var batch = new NpgsqlBatch(connection.Npgsql()) { BatchCommands = { new(_identity), new(_highestVisible), new(_holders) } };
        await using var reader = await batch.ExecuteReaderAsync(ct).ConfigureAwait(false);
        await reader.ReadAsync(ct).ConfigureAwait(false);
        var identity = reader.GetString(0);
        await reader.NextResultAsync(ct).ConfigureAwait(false);
        await reader.ReadAsync(ct).ConfigureAwait(false);
        var highest = reader.GetInt64(0);
        await reader.NextResultAsync(ct).ConfigureAwait(false);
        var holders = new List<LockHolder>();
        while (await reader.ReadAsync(ct).ConfigureAwait(false))
            holders.Add(new(reader.GetString(0), await reader.IsDBNullAsync(1, ct).ConfigureAwait(false) ? null : reader.GetInt32(1)));

        return new(identity, highest, holders);
    }

    private static void AddFilter(NpgsqlParameterCollection parameters, EventFilter filter)
    {
        parameters.Add(Parameters.Array(NpgsqlDbType.Text, filter.EventTypes?.ToArray()));
        parameters.Add(Parameters.Optional(NpgsqlDbType.Text, filter.Prefix));
        parameters.Add(Parameters.Optional(NpgsqlDbType.TimestampTz, Limit(filter.CreatedFrom)));
        parameters.Add(Parameters.Optional(NpgsqlDbType.TimestampTz, Limit(filter.CreatedBefore)));
    }

    /// <summary>
    /// A limit of time, raised to the next whole microsecond: stored times are whole ones, so none lies in between, while the limit cut
    /// down to one would let in, or leave out, what was created at just that time.
    /// </summary>
    private static DateTime? Limit(DateTimeOffset? limit)
    {
        if (limit is not { UtcDateTime: var time })
            return null;

        // The end of all times is PostgreSQL's infinity.
        var rest = time.Ticks % TimeSpan.TicksPerMicrosecond;
        return rest == 0 || time == DateTime.MaxValue ? time : time.AddTicks(TimeSpan.TicksPerMicrosecond - rest);
    }
}
