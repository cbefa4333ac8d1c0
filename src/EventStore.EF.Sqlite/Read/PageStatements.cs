using System.Globalization;
using EventStore.EF.Storage;

namespace EventStore.EF.Sqlite.Read;

/// <summary>The statements that read pages. Only the schema's checked name and parameter names are composed into the SQL.</summary>
internal sealed class PageStatements(SchemaName schema)
{
    /// <summary>
    /// The column of the event's number in the stream, in a stream's page, after those of <see cref="EventRows.Columns"/>.
    /// </summary>
    public const int Number = EventRows.ColumnCount;

    /// <summary>The column that says whether the stream is deleted.</summary>
    public const int IsDeleted = EventRows.ColumnCount + 1;

    /// <summary>The column that says whether the stream has links.</summary>
    public const int HasLinks = EventRows.ColumnCount + 2;

    /// <summary>The column of the stream's id.</summary>
    public const int StreamId = EventRows.ColumnCount + 3;

    /// <summary>The column of the stream's version.</summary>
    public const int Version = EventRows.ColumnCount + 4;

    /// <summary>
    /// Parameters: stream TEXT, from INTEGER (number, inclusive), count INTEGER, and the filter's. Returns the stream's events in order. A
    /// single row without an event: the page is empty, or the stream is deleted, or it has links and <see cref="StreamWithLinks"/> must be
    /// used. No row: the stream is missing.
    /// </summary>
    private const string StreamSql =
        """
        SELECT {columns}, e.version, s.deleted_at IS NOT NULL, s.has_links, s.id, s.version
        FROM "{schema}_streams" AS s
        LEFT JOIN "{schema}_events" AS e
            ON e.stream_id = s.id AND s.deleted_at IS NULL AND NOT s.has_links AND e.version {comparison} @from{filter}
        WHERE s.tenant = '' AND s.name = @stream
        ORDER BY e.version {order} LIMIT @count
        """;

    /// <summary>
    /// The same for a stream that has links: its own events and the linked ones, in one order. SQLite merges the two, each in the order of
    /// its index, and stops when the page is full; payloads are looked up only for the page.
    /// </summary>
    private const string StreamWithLinksSql =
        """
        SELECT {columns}, n.number, t.deleted_at IS NOT NULL, t.has_links, t.id, t.version
        FROM "{schema}_streams" AS t
        LEFT JOIN (
            SELECT e.version AS number, e.position AS position
            FROM "{schema}_events" AS e
            CROSS JOIN "{schema}_streams" AS s ON s.id = e.stream_id
            WHERE e.stream_id = (SELECT id FROM "{schema}_streams" WHERE tenant = '' AND name = @stream)
              AND e.version {comparison} @from{filter}
            UNION ALL
            SELECT l.number, l.position
            FROM "{schema}_stream_links" AS l
            CROSS JOIN "{schema}_events" AS e ON e.position = l.position
            CROSS JOIN "{schema}_streams" AS s ON s.id = e.stream_id
            WHERE l.stream_id = (SELECT id FROM "{schema}_streams" WHERE tenant = '' AND name = @stream)
              AND l.number {comparison} @from{filter}
            ORDER BY number {order} LIMIT @count) AS n ON t.deleted_at IS NULL
        LEFT JOIN "{schema}_events" AS e ON e.position = n.position
        LEFT JOIN "{schema}_streams" AS s ON s.id = e.stream_id
        WHERE t.tenant = '' AND t.name = @stream
        ORDER BY n.number {order}
        """;

    /// <summary>
    /// Parameters: from INTEGER (position, inclusive), count INTEGER, and the filter's. Returns events in order of position. The cross join
    /// keeps SQLite from starting with the streams and sorting their events.
    /// </summary>
    private const string AllSql =
        """
        SELECT {columns}
        FROM "{schema}_events" AS e
        CROSS JOIN "{schema}_streams" AS s ON s.id = e.stream_id
        WHERE e.position {comparison} @from{filter}
        ORDER BY e.position {order} LIMIT @count
        """;

    private readonly string _stream = WithNames(StreamSql, schema);
    private readonly string _streamWithLinks = WithNames(StreamWithLinksSql, schema);
    private readonly string _all = WithNames(AllSql, schema);

    public static string TypeParameter(int index) => "@type" + index.ToString(CultureInfo.InvariantCulture);

    public string Stream(StreamPageQuery query) => Complete(_stream, query.Direction, query.Filter);

    public string StreamWithLinks(StreamPageQuery query) => Complete(_streamWithLinks, query.Direction, query.Filter);

    public string All(AllPageQuery query) => Complete(_all, query.Direction, query.Filter);

    private static string WithNames(string sql, SchemaName schema)
        => schema.In(sql).Replace("{columns}", EventRows.Columns, StringComparison.Ordinal);

    private static string Complete(string sql, ReadDirection direction, EventFilter filter)
    {
        var isForward = direction is ReadDirection.Forward;
        return sql
            .Replace("{comparison}", isForward ? ">=" : "<=", StringComparison.Ordinal)
            .Replace("{order}", isForward ? "ASC" : "DESC", StringComparison.Ordinal)
            .Replace("{filter}", Filter(filter), StringComparison.Ordinal);
    }

    /// <summary>
    /// The filter's conditions. Names are compared byte by byte; LIKE and GLOB give some characters a meaning, and LIKE ignores case.
    /// </summary>
    private static string Filter(EventFilter filter) => string.Concat(
        filter.Prefix is null ? "" : " AND substr(s.name, 1, length(@prefix)) = @prefix",
        filter.EventTypes is { } types
            ? $" AND (e.type IN ({string.Join(", ", Enumerable.Range(0, types.Count).Select(TypeParameter))}){Unknown(filter)})"
            : "",
        filter.CreatedFrom is null ? "" : " AND e.created_at >= @created_from",
        filter.CreatedBefore is null ? "" : " AND e.created_at < @created_before");

    private static string Unknown(EventFilter filter)
        => filter.KnownTypes is null ? "" : " OR e.type NOT IN (SELECT value FROM json_each(@known))";
}
