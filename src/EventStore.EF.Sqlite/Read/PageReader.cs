using System.Data.Common;
using EventStore.EF.Sqlite.Connections;
using EventStore.EF.Sqlite.Order;
using EventStore.EF.Sqlite.Schema;
using EventStore.EF.Storage;
using EventStore.EF.Storage.Sql;
using Microsoft.Data.Sqlite;

namespace EventStore.EF.Sqlite.Read;

/// <summary>Reads pages of events by key. A page ends with the event that reaches <c>pageBytes</c>.</summary>
internal sealed class PageReader(SqliteDatabase database, SchemaName schema, EventCatalog catalog, StoreHistory history, long pageBytes)
{
    private readonly PageStatements _statements = new(schema);

    public StreamPage ReadStream(StreamPageQuery query, SqliteTransaction? transaction)
    {
        if (transaction is not null)
            return ReadStream(query, (SqliteConnection)TransactionRules.OpenConnection(transaction), transaction);

        using var connection = database.Open();
        var page = ReadStream(query, connection, null);
        if (page.Events.Count > 0 && page.Events.Max(@event => @event.Position) is var last && last > history.Last)
            history.Look(connection, null, Mark(page.Events.First(@event => @event.Position == last)));

        return page;
    }

    /// <summary>
    /// Reads a page of all events. Nothing becomes visible below a visible position: SQLite has one writer at a time, and positions only
    /// rise. So a page that is not full has seen everything up to the head that was read before it, and up to its own last event.
    /// </summary>
    public AllPage ReadAll(AllPageQuery query)
    {
        using var connection = database.Open();

        // Before the page: events committed in between may be missing from the page, and must not be skipped.
        var head = query.Direction is ReadDirection.Forward ? history.Head(connection, null) : null;
        using var command = connection.Command(_statements.All(query), ("@from", query.From), ("@count", query.Count));
        AddFilter(command, query.Filter);
        using var reader = (SqliteDataReader)command.ExecuteReader();
        var rows = new EventRowReader(reader, catalog);
        var events = new List<RecordedEvent>();
        var bytes = 0L;
        while (bytes < pageBytes && reader.Read())
        {
            events.Add(rows.Read());
            bytes += events[^1].Size;
        }

        var isEnd = events.Count < query.Count && bytes < pageBytes;
        var last = events.Count > 0 && !(isEnd && head?.Position >= events[^1].Position) ? Mark(events[^1]) : head;
        if (query.Direction is ReadDirection.Forward)
            history.Look(connection, null, last);

        // The head falls when the last events are removed.
        return isEnd
            ? new(events, Math.Max(last?.Position ?? 0, Math.Max(query.From, 1) - 1), IsEnd: true)
            : new(events, events[^1].Position, IsEnd: false);
    }

    /// <summary>Reads the highest position: each position below it is visible, or never will be.</summary>
    public long ReadHead()
    {
        using var connection = database.Open();
        return history.Head(connection, null)?.Position ?? 0;
    }

    private StreamPage ReadStream(StreamPageQuery query, SqliteConnection connection, SqliteTransaction? transaction)
    {
        var (page, hasLinks) = ReadStream(_statements.Stream(query), query, connection, transaction);

        // Few streams have links, so others are read without looking for any.
        return hasLinks ? ReadStream(_statements.StreamWithLinks(query), query, connection, transaction).Page : page;
    }

    private (StreamPage Page, bool HasLinks) ReadStream(
        string sql, StreamPageQuery query, SqliteConnection connection, SqliteTransaction? transaction)
    {
        using var command = connection.Command(sql, ("@stream", query.Stream.Value), ("@from", query.From), ("@count", query.Count));
        command.Transaction = transaction;
        AddFilter(command, query.Filter);
        using var reader = (SqliteDataReader)command.ExecuteReader();
        var rows = new EventRowReader(reader, catalog);
        var (condition, hasLinks, streamId, version, bytes) = (StreamCondition.Missing, false, 0L, 0L, 0L);
        var events = new List<RecordedEvent>();
        while (bytes < pageBytes && reader.Read())
        {
            condition = reader.GetBoolean(PageStatements.IsDeleted) ? StreamCondition.Deleted : StreamCondition.Readable;
            hasLinks = condition is StreamCondition.Readable && reader.GetBoolean(PageStatements.HasLinks);
            (streamId, version) = (reader.GetInt64(PageStatements.StreamId), reader.GetInt64(PageStatements.Version));
            if (reader.IsDBNull(0))
                continue;

            events.Add(rows.Read(reader.GetInt64(PageStatements.Number)));
            bytes += events[^1].Size;
        }

        return (new(condition, events, streamId, version, IsEnd: events.Count < query.Count && bytes < pageBytes), hasLinks);
    }

    private static StoreHistory.Mark Mark(RecordedEvent @event) => new(@event.Position, @event.EventId);

    private static void AddFilter(DbCommand command, EventFilter filter)
    {
        var parameters = ((SqliteCommand)command).Parameters;
        if (filter.Prefix is { } prefix)
            parameters.AddWithValue("@prefix", prefix);
        if (filter.CreatedFrom is { } from)
            parameters.AddWithValue("@created_from", SqliteTime.Limit(from));
        if (filter.CreatedBefore is { } before)
            parameters.AddWithValue("@created_before", SqliteTime.Limit(before));

        if (filter.KnownTypes is { } known)
            parameters.AddWithValue("@known", JsonLists.Names(known));

        for (var index = 0; index < filter.EventTypes?.Count; index++)
            parameters.AddWithValue(PageStatements.TypeParameter(index), filter.EventTypes[index]);
    }
}
