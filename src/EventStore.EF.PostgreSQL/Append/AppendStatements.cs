namespace EventStore.EF.PostgreSQL.Append;

/// <summary>
/// The statements that write. Each is one call of a function that the migrations create and whose file describes it: one message, one
/// transaction, and plans that the server keeps even without prepared statements.
/// </summary>
internal sealed class AppendStatements(SchemaName schema)
{
    /// <summary>
    /// Appends one event to one stream. $1 stream text · $2 expected bigint · $3 created at timestamptz or null · $4 id uuid · $5 type text
    /// · $6 schema version int · $7 content type text · $8 data json · $9 binary data bytea · $10 metadata json · $11 correlation id uuid ·
    /// $12 causation id uuid. Returns version, first position and last position, or no row if it is refused.
    /// </summary>
    public string Append { get; } = schema.In(
        "SELECT stream_version, first_position, last_position FROM {schema}.append($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)");

    /// <summary>Appends to one stream. As <see cref="Append"/>, with arrays from $4 on.</summary>
    public string AppendMany { get; } = schema.In("""
        SELECT stream_version, first_position, last_position
        FROM {schema}.append_many($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)
        """);

    /// <summary>As <see cref="Append"/>, but waits for each lock at most $13 text, in milliseconds, and then raises 55P03.</summary>
    public string AppendWithin { get; } = schema.In(Within("append", 12));

    /// <summary>As <see cref="AppendMany"/>, but waits for each lock at most $13 text, in milliseconds, and then raises 55P03.</summary>
    public string AppendManyWithin { get; } = schema.In(Within("append_many", 12));

    /// <summary>
    /// Appends to many streams. $1 streams text[] · $2 expected bigint[] · $3 counts int[] · $4 firsts int[] · $5 to $13 as $4 to $12 of
    /// <see cref="AppendMany"/>. Returns id, version and position of each event written; then, without id, the index in $1 of each stream
    /// that was left out because it is not as expected.
    /// </summary>
    public string AppendGroup { get; } = schema.In(
        "SELECT id, stream_version, position FROM {schema}.append_group($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)");

    /// <summary>
    /// Links events into a stream. $1 stream text · $2 expected bigint · $3 ids uuid[]. Returns as <see cref="Append"/> does.
    /// </summary>
    public string Link { get; } = schema.In("SELECT stream_version, first_position, last_position FROM {schema}.link($1, $2, $3)");

    /// <summary>As <see cref="Link"/>, but waits for each lock at most $4 text, in milliseconds, and then raises 55P03.</summary>
    public string LinkWithin { get; } = schema.In(Within("link", 3));

    /// <summary>Limits each lock wait of a transaction to $1 text, in milliseconds. Returns one row.</summary>
    public const string LimitWaits = $"SELECT set_config('lock_timeout', $1, true), {LimitPauses}";

    /// <summary>Ends a transaction that is idle for 15 s: its process has stopped, and would keep its locks from others.</summary>
    public const string LimitPauses = "set_config('idle_in_transaction_session_timeout', '15000', true)";

    /// <summary>
    /// Requires a stream to be as expected. $1 stream text · $2 expected bigint. Returns version, 0 and 0, or no row if it isn't.
    /// </summary>
    public string Expect { get; } = schema.In(
        "SELECT version, 0::bigint, 0::bigint FROM {schema}.expect($1, $2) AS e (version) WHERE version IS NOT NULL");

    /// <summary>
    /// One statement, which needs no transaction around it: the limit holds until it ends. The function's first argument depends on the
    /// setting, because the server might otherwise call the function first.
    /// </summary>
    private static string Within(string function, int count)
    {
        var others = string.Concat(Enumerable.Range(2, count - 1).Select(number => $", ${number}"));
        return $$"""
            SELECT w.stream_version, w.first_position, w.last_position
            FROM set_config('lock_timeout', ${{count + 1}}, true) AS limited,
                LATERAL {schema}.{{function}}($1 || left(limited, 0){{others}}) AS w
            """;
    }
}
