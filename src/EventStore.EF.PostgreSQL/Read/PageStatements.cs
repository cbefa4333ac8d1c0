namespace EventStore.EF.PostgreSQL;

/// <summary>The statements that read events. Directions and filters make a handful of texts, each prepared once.</summary>
internal static class PageStatements
{
    /// <summary>
    /// One page of a stream. $1 stream text · $2 first version bigint, inclusive · $3 count int · $4 types text[] or null · $5 prefix
    /// text or null. The last column says whether the stream is deleted; no row: it is missing; a row without event: the page is empty.
    /// </summary>
    public static string Stream(ReadDirection direction) => $"""
        SELECT e.*, s.deleted_at IS NOT NULL
        FROM {"{schema}"}.streams s
        LEFT JOIN LATERAL (
            SELECT {EventRows.Columns}
            FROM {"{schema}"}.events e
            WHERE e.stream_id = s.id AND e.version {Comparison(direction)} $2
              AND ($4::text[] IS NULL OR e.type = ANY($4)) AND ($5::text IS NULL OR starts_with(s.name, $5))
            ORDER BY e.version {Order(direction)}
            LIMIT $3) e ON s.deleted_at IS NULL
        WHERE s.name = $1
        ORDER BY e.version {Order(direction)}
        """;

    /// <summary>
    /// One page of all events. $1 first position bigint, inclusive · $2 last position bigint, inclusive · $3 count int.
    /// </summary>
    public static string All(ReadDirection direction) => $"""
        SELECT {EventRows.Columns}
        FROM (
            SELECT *
            FROM {"{schema}"}.events
            WHERE position BETWEEN $1 AND $2
            ORDER BY position {Order(direction)}
            LIMIT $3) e
        JOIN {"{schema}"}.streams s ON s.id = e.stream_id
        ORDER BY e.position {Order(direction)}
        """;

    /// <summary>One page of all events that pass a filter. Parameters as in <see cref="All"/>, then $4 types text[] or null · $5 prefix text or null.</summary>
    public static string AllFiltered(ReadDirection direction) => $"""
        SELECT {EventRows.Columns}
        FROM {"{schema}"}.events e
        JOIN {"{schema}"}.streams s ON s.id = e.stream_id
        WHERE e.position BETWEEN $1 AND $2
          AND ($4::text[] IS NULL OR e.type = ANY($4)) AND ($5::text IS NULL OR starts_with(s.name, $5))
        ORDER BY e.position {Order(direction)}
        LIMIT $3
        """;

    private static string Comparison(ReadDirection direction) => direction is ReadDirection.Forward ? ">=" : "<=";

    private static string Order(ReadDirection direction) => direction is ReadDirection.Forward ? "ASC" : "DESC";
}
