using Microsoft.Data.Sqlite;

namespace EventStore.EF.Sqlite;

/// <summary>Reads pages of events by key.</summary>
internal sealed class PageReader(SqliteDatabase database, SchemaName schema, EventCatalog catalog)
{
    private readonly PageStatements _statements = new(schema);

    public async Task<StreamPage> ReadStreamAsync(StreamPageQuery query, CancellationToken ct)
    {
        ct.ThrowIfCancellationRequested();
        await using var connection = database.Open();
        await using var command = connection.Command(
            _statements.Stream(query), ("@stream", query.Stream.Value), ("@from", query.From), ("@count", query.Count));
        AddFilter(command, query.Filter);
        await using var reader = command.ExecuteReader();
        var condition = StreamCondition.Missing;
        var events = new List<RecordedEvent>();
        while (reader.Read())
        {
            condition = reader.GetBoolean(PageStatements.IsDeleted) ? StreamCondition.Deleted : StreamCondition.Readable;
            if (!reader.IsDBNull(0))
                events.Add(EventRows.Read(reader, catalog, ofStream: true));
        }

        return new(condition, events);
    }

    /// <summary>
    /// Nothing becomes visible below what is visible already: SQLite has one writer at a time, and positions only rise. So a page
    /// that is not full has seen everything up to the head that was there before it, and up to its own last event.
    /// </summary>
    public async Task<AllPage> ReadAllAsync(AllPageQuery query, CancellationToken ct)
    {
        ct.ThrowIfCancellationRequested();
        await using var connection = database.Open();
        // Before the page: what is committed in between may be missing from the page, and must not be passed over.
        var head = query.Direction is ReadDirection.Forward ? Head(connection) : 0;
        await using var command = connection.Command(_statements.All(query), ("@from", query.From), ("@count", query.Count));
        AddFilter(command, query.Filter);
        await using var reader = command.ExecuteReader();
        var events = new List<RecordedEvent>();
        while (reader.Read())
            events.Add(EventRows.Read(reader, catalog, ofStream: false));

        var isEnd = events.Count < query.Count;
        var last = events.Count > 0 ? events[^1].Position : 0;
        return new(events, isEnd ? Math.Max(head, last) : last, isEnd);
    }

    private long Head(SqliteConnection connection)
    {
        using var command = connection.Command(_statements.Head);
        return (long)command.ExecuteScalar()!;
    }

    private static void AddFilter(System.Data.Common.DbCommand command, EventFilter filter)
    {
        var parameters = ((SqliteCommand)command).Parameters;
        if (filter.Prefix is { } prefix)
            parameters.AddWithValue("@prefix", prefix);

        for (var index = 0; index < filter.EventTypes?.Count; index++)
            parameters.AddWithValue(PageStatements.TypeParameter(index), filter.EventTypes[index]);
    }
}
