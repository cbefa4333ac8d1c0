namespace EventStore.EF.PostgreSQL;

/// <summary>The statements that read events. Directions and filters make a handful of texts, each prepared once.</summary>
internal static class PageStatements
{
    /// <summary>The column of a stream's page that has the event's number in the stream, behind those of <see cref="EventRows.Columns"/>.</summary>
    public const int Number = EventRows.ColumnCount;

    /// <summary>The column that says whether the stream is deleted.</summary>
    public const int IsDeleted = EventRows.ColumnCount + 1;

    /// <summary>The column that says whether the stream has links.</summary>
    public const int HasLinks = EventRows.ColumnCount + 2;

    /// <summary>The column of the stream's id.</summary>
    public const int StreamId = EventRows.ColumnCount + 3;

    /// <summary>The column of the stream's id in a page of all events: where others have the name.</summary>
    public const int StreamIdOfAll = 1;

    /// <summary>The names of streams. $1 ids bigint[]. Returns id and name.</summary>
    public const string StreamNames = "SELECT id, name FROM {schema}.streams WHERE id = ANY($1)";

    /// <summary>The column of the stream's version.</summary>
    public const int Version = EventRows.ColumnCount + 4;

    private static readonly string ColumnsOfAll = EventRows.Columns.Replace("s.name", "e.stream_id", StringComparison.Ordinal);

    /// <summary>
    /// One page of a stream. $1 stream text · $2 first number bigint, inclusive · $3 count int · $4 types text[] or null · $5 prefix
    /// text or null · $6 created from timestamptz or null, inclusive · $7 created before timestamptz or null · $8 known types
    /// text[] or null, beside which all others pass. No row: the stream is missing;
    /// a row without event: the page is empty, or the stream is deleted, or it has links and <see cref="StreamWithLinks"/> is to be asked.
    /// </summary>
    public static string Stream(ReadDirection direction) => $"""
        SELECT e.*, t.deleted_at IS NOT NULL, t.has_links, t.id, t.version
        FROM {"{schema}"}.streams t
        LEFT JOIN LATERAL (
            SELECT {EventRows.Columns}, e.version AS number
            FROM {"{schema}"}.events e, (SELECT t.name) s (name)
            WHERE e.stream_id = t.id AND e.version {Comparison(direction)} $2{Filter(4)}
            ORDER BY e.version {Order(direction)}
            LIMIT $3) e ON t.deleted_at IS NULL AND NOT t.has_links
        WHERE t.name = $1
        ORDER BY e.number {Order(direction)}
        """;

    /// <summary>One page of a stream that has links, in one order of its own events and the linked ones. Parameters and rows as of <see cref="Stream"/>.</summary>
    public static string StreamWithLinks(ReadDirection direction) => $"""
        SELECT e.*, t.deleted_at IS NOT NULL, t.has_links, t.id, t.version
        FROM {"{schema}"}.streams t
        LEFT JOIN LATERAL (
            (SELECT {EventRows.Columns}, e.version AS number
            FROM {"{schema}"}.events e, (SELECT t.name) s (name)
            WHERE e.stream_id = t.id AND e.version {Comparison(direction)} $2{Filter(4)}
            ORDER BY e.version {Order(direction)}
            LIMIT $3)
            UNION ALL
            (SELECT {EventRows.Columns}, l.number
            FROM {"{schema}"}.stream_links l
            JOIN {"{schema}"}.events e ON e.position = l.position
            JOIN {"{schema}"}.streams s ON s.id = e.stream_id
            WHERE l.stream_id = t.id AND l.number {Comparison(direction)} $2{Filter(4)}
            ORDER BY l.number {Order(direction)}
            LIMIT $3)
            ORDER BY number {Order(direction)}
            LIMIT $3) e ON t.deleted_at IS NULL
        WHERE t.name = $1
        ORDER BY e.number {Order(direction)}
        """;

    /// <summary>
    /// One page of all events, with the stream's id in place of its name. $1 first position bigint, inclusive · $2 last position bigint,
    /// inclusive · $3 count int.
    /// </summary>
    public static string All(ReadDirection direction) => $"""
        SELECT {ColumnsOfAll}
        FROM {"{schema}"}.events e
        WHERE e.position BETWEEN $1 AND $2
        ORDER BY e.position {Order(direction)}
        LIMIT $3
        """;

    /// <summary>
    /// One page of all events that pass a filter. Parameters as in <see cref="All"/>, then the filter's as in <see cref="Stream"/>. The
    /// stream's name is looked up only when its prefix matters.
    /// </summary>
    public static string AllFiltered(ReadDirection direction) => $"""
        SELECT {ColumnsOfAll}
        FROM {"{schema}"}.events e
        WHERE e.position BETWEEN $1 AND $2{Filter(4, $"(SELECT name FROM {"{schema}"}.streams WHERE id = e.stream_id)")}
        ORDER BY e.position {Order(direction)}
        LIMIT $3
        """;

    /// <summary>The filter, whose five parameters begin with this number.</summary>
    private static string Filter(int first, string stream = "s.name") => $"""

          AND (${first}::text[] IS NULL OR e.type = ANY(${first}) OR NOT e.type = ANY(${first + 4}::text[])) AND (${first + 1}::text IS NULL OR starts_with({stream}, ${first + 1}))
          AND (${first + 2}::timestamptz IS NULL OR e.created_at >= ${first + 2}) AND (${first + 3}::timestamptz IS NULL OR e.created_at < ${first + 3})
        """;

    private static string Comparison(ReadDirection direction) => direction is ReadDirection.Forward ? ">=" : "<=";

    private static string Order(ReadDirection direction) => direction is ReadDirection.Forward ? "ASC" : "DESC";
}
