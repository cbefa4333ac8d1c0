using System.Data.Common;
using EventStore.EF.PostgreSQL.Connections;
using EventStore.EF.Storage;
using Microsoft.EntityFrameworkCore;
using Npgsql;

namespace EventStore.EF.PostgreSQL.Read;

/// <summary>Reads pages of one stream.</summary>
internal sealed class StreamPageReader(
    IDbContextFactory<EventStoreDbContext> contexts, EventCatalog catalog, SchemaName schema, PostgreSqlOptions options, long pageBytes)
{
    private readonly string[] _linked =
    [
        schema.In(PageStatements.StreamWithLinks(ReadDirection.Forward)), schema.In(PageStatements.StreamWithLinks(ReadDirection.Backward)),
    ];
    private readonly PageTexts _stream = new(schema, PageStatements.Stream);

    public async Task<StreamPage> ReadAsync(StreamPageQuery query, DbTransaction? transaction, CancellationToken ct)
    {
        await using var connection = await StoreConnection.OpenAsync(contexts, transaction, ct).ConfigureAwait(false);
        var form = PageTexts.Form(query.ExpectsLarge, query.Count, pageBytes);
        var (page, hasLinks) = await ReadAsync(connection, _stream.Of(query.Direction, form), form, query, ct).ConfigureAwait(false);

        // Few streams have links, so others are read without looking for any.
        return hasLinks
            ? (await ReadAsync(connection, _linked[(int)query.Direction], PageForm.Counted, query, ct).ConfigureAwait(false)).Page
            : page;
    }

    private async Task<(StreamPage Page, bool HasLinks)> ReadAsync(
        StoreConnection connection, string sql, PageForm form, StreamPageQuery query, CancellationToken ct)
    {
        var page = new NpgsqlBatchCommand(sql);
        page.Parameters.Add(Parameters.Text(query.Stream.Value));
        page.Parameters.Add(Parameters.Bigint(query.From));
        page.Parameters.Add(Parameters.Integer(query.Count));
        FilterParameters.Add(page.Parameters, query.Filter);
        if (form is PageForm.Counted)
            page.Parameters.Add(Parameters.Bigint(pageBytes));

        var isOwn = connection.Transaction is null;
        await using var batch = new NpgsqlBatch(connection.Npgsql());
        batch.BatchCommands.Add(new(isOwn ? PageStatements.PlanByIndex : PageStatements.PlanByIndexForOnce));
        batch.BatchCommands.Add(page);
        if (!isOwn)
            batch.BatchCommands.Add(new(PageStatements.PlanAsBefore));

        if (options.PreparedStatements && isOwn)
            await batch.PrepareAsync(ct).ConfigureAwait(false);

        var condition = StreamCondition.Missing;
        var hasLinks = false;
        var (streamId, version, size, total, hasLarge) = (0L, 0L, 0, 0L, false);
        var events = new List<RecordedEvent>();
        await using var reader = await batch.ExecuteReaderAsync(ct).ConfigureAwait(false);
        await reader.NextResultAsync(ct).ConfigureAwait(false);
        while (await reader.ReadAsync(ct).ConfigureAwait(false))
        {
            condition = reader.GetBoolean(PageStatements.IsDeleted) ? StreamCondition.Deleted : StreamCondition.Readable;
            hasLinks = reader.GetBoolean(PageStatements.HasLinks);
            (streamId, version) = (reader.GetInt64(PageStatements.StreamId), reader.GetInt64(PageStatements.Version));
            if (reader.IsDBNull(0))
                continue;

            (size, total) = (reader.GetInt32(PageStatements.Size), reader.GetInt64(PageStatements.Total));
            hasLarge |= size > PageStatements.Large;
            events.Add(EventRows.Read(reader, catalog, reader.GetInt64(PageStatements.Number)));
        }

        var isCut = form is PageForm.Counted ? total >= pageBytes : size > PageStatements.Large;
        return (new(condition, events, streamId, version, IsEnd: events.Count < query.Count && !isCut, hasLarge), hasLinks);
    }
}
