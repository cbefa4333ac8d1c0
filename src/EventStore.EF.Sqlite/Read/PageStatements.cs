using System.Globalization;

namespace EventStore.EF.Sqlite;

/// <summary>The statements that read pages. Only the schema's checked name and the names of parameters are put together into SQL.</summary>
internal sealed class PageStatements(SchemaName schema)
{
    /// <summary>The column behind <see cref="EventRows.Columns"/> that says whether the stream is deleted.</summary>
    public const int IsDeleted = EventRows.ColumnCount;

    /// <summary>
    /// Parameters: stream TEXT, from INTEGER (version, inclusive), count INTEGER, and the filter's. Returns the stream's events in
    /// order; for a stream without any, or a deleted one, one row without event; for a missing one no row.
    /// </summary>
    private const string StreamSql =
        """
        SELECT {columns}, s.deleted_at IS NOT NULL
        FROM "{schema}_streams" AS s
        LEFT JOIN "{schema}_events" AS e ON e.stream_id = s.id AND s.deleted_at IS NULL AND e.version {comparison} @from{filter}
        WHERE s.name = @stream
        ORDER BY e.version {order} LIMIT @count
        """;

    /// <summary>
    /// Parameters: from INTEGER (position, inclusive), count INTEGER, and the filter's. Returns events in order of position. The
    /// cross join keeps SQLite from starting at the streams and sorting their events.
    /// </summary>
    private const string AllSql =
        """
        SELECT {columns}
        FROM "{schema}_events" AS e
        CROSS JOIN "{schema}_streams" AS s ON s.id = e.stream_id
        WHERE e.position {comparison} @from{filter}
        ORDER BY e.position {order} LIMIT @count
        """;

    /// <summary>Returns the highest position, 0 in an empty store.</summary>
    private const string HeadSql = """SELECT ifnull(max(position), 0) FROM "{schema}_events" """;

    private readonly string _stream = schema.In(StreamSql).Replace("{columns}", EventRows.Columns, StringComparison.Ordinal);
    private readonly string _all = schema.In(AllSql).Replace("{columns}", EventRows.Columns, StringComparison.Ordinal);

    public string Head { get; } = schema.In(HeadSql);

    public static string TypeParameter(int index) => "@type" + index.ToString(CultureInfo.InvariantCulture);

    public string Stream(StreamPageQuery query) => Complete(_stream, query.Direction, query.Filter);

    public string All(AllPageQuery query) => Complete(_all, query.Direction, query.Filter);

    private static string Complete(string sql, ReadDirection direction, EventFilter filter)
    {
        var isForward = direction is ReadDirection.Forward;
        return sql
            .Replace("{comparison}", isForward ? ">=" : "<=", StringComparison.Ordinal)
            .Replace("{order}", isForward ? "ASC" : "DESC", StringComparison.Ordinal)
            .Replace("{filter}", Filter(filter), StringComparison.Ordinal);
    }

    /// <summary>Names are compared byte by byte; LIKE and GLOB would give meanings to some characters, and ignore case.</summary>
    private static string Filter(EventFilter filter)
    {
        var sql = filter.Prefix is null ? "" : " AND substr(s.name, 1, length(@prefix)) = @prefix";
        return filter.EventTypes is { } types ? $"{sql} AND e.type IN ({string.Join(", ", Enumerable.Range(0, types.Count).Select(TypeParameter))})" : sql;
    }
}
