using EventStore.EF.PostgreSQL.Schema;
using EventStore.EF.Storage;

namespace EventStore.EF.PostgreSQL.Read;

/// <summary>The statements that read events. Directions and filters make a handful of statements, each prepared once.</summary>
/// <remarks>
/// The server limits a page's bytes, because a client must receive even what it leaves unread. There are two forms. The plain one ends with
/// the first event larger than <see cref="Large"/>, which a partial index finds directly. Where most events are large, that would make each
/// of them a page of its own. The other form therefore counts: it ends with the row whose running total reaches the limit. Counting made
/// the server spend 1.6 times as much on a page of small events. A reader of several pages uses the plain form until it meets a large event
/// (<see cref="PageForm"/>).
/// </remarks>
internal static class PageStatements
{
    /// <inheritdoc cref="PostgreSqlModel.LargeEvent"/>
    public const int Large = PostgreSqlModel.LargeEvent;

    /// <summary>The column of the event's size in bytes, in a page of all events.</summary>
    public const int SizeOfAll = EventRows.ColumnCount;

    /// <summary>The column of the page's bytes up to and including the row, in a page of all events that counts.</summary>
    public const int TotalOfAll = EventRows.ColumnCount + 1;

    /// <summary>The column of the stream's id in a page of all events; other pages have the name there.</summary>
    public const int StreamIdOfAll = 1;

    /// <summary>
    /// The column of the event's number in the stream, in a stream's page, after those of <see cref="EventRows.Columns"/>.
    /// </summary>
    public const int Number = EventRows.ColumnCount;

    /// <summary>The column of the event's size in bytes, in a stream's page.</summary>
    public const int Size = EventRows.ColumnCount + 1;

    /// <summary>
    /// The column of the page's bytes up to and including the row, in a stream's page that counts; 0 in one that doesn't.
    /// </summary>
    public const int Total = EventRows.ColumnCount + 2;

    /// <summary>The column that says whether the stream is deleted.</summary>
    public const int IsDeleted = EventRows.ColumnCount + 3;

    /// <summary>The column that says whether the stream has links.</summary>
    public const int HasLinks = EventRows.ColumnCount + 4;

    /// <summary>The column of the stream's id.</summary>
    public const int StreamId = EventRows.ColumnCount + 5;

    /// <summary>The column of the stream's version.</summary>
    public const int Version = EventRows.ColumnCount + 6;

    /// <summary>The names of streams. $1 ids bigint[]. Returns id and name.</summary>
    public const string StreamNames = "SELECT id, name FROM {schema}.streams WHERE id = ANY($1)";

    /// <summary>
    /// Makes the server plan pages by their indexes, whatever its statistics say, until the transaction ends. Before the first ANALYZE, or
    /// while it keeps a plan made for an empty table, it would otherwise read and sort everything after a page for each page.
    /// </summary>
    public const string PlanByIndex = """
        SELECT set_config('enable_sort', 'off', true), set_config('enable_seqscan', 'off', true),
            set_config('enable_bitmapscan', 'off', true), set_config('jit', 'off', true)
        """;

    /// <summary>The same in a caller's transaction; it saves the settings for <see cref="PlanAsBefore"/>.</summary>
    public const string PlanByIndexForOnce = """
        SELECT set_config('eventstore.enable_sort', current_setting('enable_sort'), true), set_config('enable_sort', 'off', true),
            set_config('eventstore.enable_seqscan', current_setting('enable_seqscan'), true), set_config('enable_seqscan', 'off', true),
            set_config('eventstore.enable_bitmapscan', current_setting('enable_bitmapscan'), true),
            set_config('enable_bitmapscan', 'off', true),
            set_config('eventstore.jit', current_setting('jit'), true), set_config('jit', 'off', true)
        """;

    /// <summary>Restores the settings of a caller's transaction.</summary>
    public const string PlanAsBefore = """
        SELECT set_config('enable_sort', current_setting('eventstore.enable_sort'), true),
            set_config('enable_seqscan', current_setting('eventstore.enable_seqscan'), true),
            set_config('enable_bitmapscan', current_setting('eventstore.enable_bitmapscan'), true),
            set_config('jit', current_setting('eventstore.jit'), true)
        """;

    private const string NameOfStream = "(SELECT name FROM {schema}.streams WHERE id = e.stream_id)";

    private static readonly string ColumnsOfAll = EventRows.Columns.Replace("s.name", "e.stream_id", StringComparison.Ordinal);

    /// <summary>
    /// Reads one page of a stream. $1 stream text · $2 first number bigint, inclusive · $3 count int · $4 types text[] or null · $5 prefix
    /// text or null · $6 created from timestamptz or null, inclusive · $7 created before timestamptz or null · $8 known types text[] or
    /// null: all other types pass as well · in the form that counts, $9 bytes bigint. No row: the stream is missing. A row without an
    /// event: the page is empty, or the stream is deleted, or it has links and <see cref="StreamWithLinks"/> must be used.
    /// </summary>
    public static string Stream(ReadDirection direction, PageForm form) => $"""
        SELECT e.*, t.deleted_at IS NOT NULL, t.has_links, t.id, t.version
        FROM {"{schema}"}.streams t
        LEFT JOIN LATERAL (
            {(form is PageForm.Plain ? PlainStream(direction) : CountedStream(direction))}) e
                ON t.deleted_at IS NULL AND NOT t.has_links
        WHERE t.tenant = '' AND t.name = $1
        ORDER BY e.number {Order(direction)}
        """;

    /// <summary>
    /// Reads one page of a stream that has links: its own events and the linked ones, in one order. This form counts. Parameters and rows
    /// as for <see cref="Stream"/>.
    /// </summary>
    public static string StreamWithLinks(ReadDirection direction) => $"""
        SELECT e.*, t.deleted_at IS NOT NULL, t.has_links, t.id, t.version
        FROM {"{schema}"}.streams t
        LEFT JOIN LATERAL (
            SELECT *
            FROM (
                SELECT n.*, {RunningTotal("n.number", direction, "n")}
                FROM (
                    (SELECT {EventRows.Columns}, e.version AS number, e.size
                    FROM {"{schema}"}.events e, (SELECT t.name) s (name)
                    WHERE e.stream_id = t.id AND e.version {Comparison(direction)} $2{Filter(4)}
                    ORDER BY e.version {Order(direction)}
                    LIMIT $3)
                    UNION ALL
                    (SELECT {EventRows.Columns}, l.number, e.size
                    FROM {"{schema}"}.stream_links l
                    JOIN {"{schema}"}.events e ON e.position = l.position
                    JOIN {"{schema}"}.streams s ON s.id = e.stream_id
                    WHERE l.stream_id = t.id AND l.number {Comparison(direction)} $2{Filter(4)}
                    ORDER BY l.number {Order(direction)}
                    LIMIT $3)) n
                ORDER BY n.number {Order(direction)}
                LIMIT $3) p
            WHERE p.total - p.size < $9) e ON t.deleted_at IS NULL
        WHERE t.tenant = '' AND t.name = $1
        ORDER BY e.number {Order(direction)}
        """;

    /// <summary>
    /// Reads one page of all events, with the stream's id in place of its name. $1 first position bigint, inclusive · $2 last position
    /// bigint, inclusive · $3 count int · in the form that counts, $4 bytes bigint.
    /// </summary>
    public static string All(ReadDirection direction, PageForm form) => All(direction, form, "", "$4");

    /// <summary>
    /// Reads one page of all events that pass a filter. The first three parameters as in <see cref="All(ReadDirection, PageForm)"/>, the
    /// others as in <see cref="Stream"/>. The stream's name is looked up only if its prefix matters.
    /// </summary>
    public static string AllFiltered(ReadDirection direction, PageForm form)
        => All(direction, form, Filter(4, NameOfStream), "$9");

    private static string PlainStream(ReadDirection direction) => $"""
        SELECT {EventRows.Columns}, e.version AS number, e.size, 0::bigint AS total
            FROM {"{schema}"}.events e, (SELECT t.name) s (name)
            WHERE e.stream_id = t.id AND e.version {Comparison(direction)} $2{Filter(4)}
              AND e.version {Opposite(direction)} coalesce((
                SELECT e.version
                FROM {"{schema}"}.events e, (SELECT t.name) s (name)
                WHERE e.stream_id = t.id AND e.version {Comparison(direction)} $2 AND e.size > {Large}{Filter(4)}
                ORDER BY e.version {Order(direction)}
                LIMIT 1), {Farthest(direction)})
            ORDER BY e.version {Order(direction)}
            LIMIT $3
        """;

    private static string CountedStream(ReadDirection direction) => $"""
        SELECT *
            FROM (
                SELECT {EventRows.Columns}, e.version AS number, e.size, {RunningTotal("e.version", direction)}
                FROM {"{schema}"}.events e, (SELECT t.name) s (name)
                WHERE e.stream_id = t.id AND e.version {Comparison(direction)} $2{Filter(4)}
                ORDER BY e.version {Order(direction)}
                LIMIT $3) p
            WHERE p.total - p.size < $9
        """;

    private static string All(ReadDirection direction, PageForm form, string filter, string bytes) => form is PageForm.Plain
        ? $"""
        SELECT {ColumnsOfAll}, e.size
        FROM {"{schema}"}.events e
        WHERE e.position BETWEEN $1 AND $2{filter}
          AND e.position {Opposite(direction)} coalesce((
            SELECT e.position
            FROM {"{schema}"}.events e
            WHERE e.position BETWEEN $1 AND $2 AND e.size > {Large}{filter}
            ORDER BY e.position {Order(direction)}
            LIMIT 1), {Farthest(direction)})
        ORDER BY e.position {Order(direction)}
        LIMIT $3
        """
        : $"""
        SELECT *
        FROM (
            SELECT {ColumnsOfAll}, e.size, {RunningTotal("e.position", direction)}
            FROM {"{schema}"}.events e
            WHERE e.position BETWEEN $1 AND $2{filter}
            ORDER BY e.position {Order(direction)}
            LIMIT $3) p
        WHERE p.total - p.size < {bytes}
        ORDER BY p.position {Order(direction)}
        """;

    /// <summary>The bytes of the page's rows up to and including this one.</summary>
    private static string RunningTotal(string number, ReadDirection direction, string row = "e")
        => $"sum({row}.size) OVER (ORDER BY {number} {Order(direction)} ROWS UNBOUNDED PRECEDING) AS total";

    /// <summary>The filter, whose five parameters start at this number.</summary>
    private static string Filter(int first, string stream = "s.name") => $"""

          AND (${first}::text[] IS NULL OR e.type = ANY(${first}) OR NOT e.type = ANY(${first + 4}::text[]))
          AND (${first + 1}::text IS NULL OR starts_with({stream}, ${first + 1}))
          AND (${first + 2}::timestamptz IS NULL OR e.created_at >= ${first + 2})
          AND (${first + 3}::timestamptz IS NULL OR e.created_at < ${first + 3})
        """;

    private static string Comparison(ReadDirection direction) => direction is ReadDirection.Forward ? ">=" : "<=";

    private static string Opposite(ReadDirection direction) => direction is ReadDirection.Forward ? "<=" : ">=";

    /// <summary>A position or number beyond every event.</summary>
    private static string Farthest(ReadDirection direction) => direction is ReadDirection.Forward ? "9223372036854775807" : "0";

    private static string Order(ReadDirection direction) => direction is ReadDirection.Forward ? "ASC" : "DESC";
}

/// <summary>The way in which a page's bytes are limited.</summary>
internal enum PageForm
{
    /// <summary>The page ends with its first large event.</summary>
    Plain,

    /// <summary>The page ends with the row whose running total reaches the limit.</summary>
    Counted,
}
