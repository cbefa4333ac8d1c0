namespace EventStore.EF.PostgreSQL.Order;

/// <summary>The statements of the proof that no earlier event can still appear; see <see cref="SettledPosition"/>.</summary>
internal static class SettlementStatements
{
    /// <summary>
    /// The server, and the incarnation of the store. When either changes, everything known of positions is void: a promoted stand-by or a
    /// restored database may assign the same positions again.
    /// </summary>
    public const string Identity = """
        SELECT pg_catalog.concat_ws(
            '/', extract(epoch FROM pg_postmaster_start_time()), pg_is_in_recovery(), (SELECT epoch FROM {schema}.store_info))
        """;

    /// <summary>Whether the server is a stand-by, which shows none of the locks held on the primary and can prove nothing.</summary>
    public const string IsStandby = "SELECT pg_is_in_recovery()";

    /// <summary>
    /// The highest position visible as a committed row, and the last one that the sequence has assigned. The sequence's value is never
    /// taken for the first: after a crash, values that were not flushed are assigned again. It is read after the snapshot was taken, so a
    /// higher visible position was not assigned by it: somebody wrote it by hand, or restored the table without the sequence.
    /// </summary>
    public const string HighestVisible = """
        SELECT coalesce(max(position), 0), coalesce(pg_sequence_last_value('{schema}.events_position_seq'::regclass), 0)
        FROM {schema}.events
        """;

    /// <summary>
    /// The highest visible position up to $1 bigint, and the first event above it: position, stream, version. For a table with positions
    /// that were not assigned.
    /// </summary>
    public const string HighestAssigned = """
        SELECT coalesce((SELECT max(position) FROM {schema}.events WHERE position <= $1), 0), e.position, s.name, e.version
        FROM (SELECT) one
        LEFT JOIN LATERAL (
            SELECT position, stream_id, version FROM {schema}.events WHERE position > $1 ORDER BY position LIMIT 1) e ON true
        LEFT JOIN {schema}.streams s ON s.id = e.stream_id
        """;

    /// <summary>
    /// The last of up to 1,000 positions that follow $1 bigint without a gap; $1 itself if the next one is not visible. Visible positions
    /// stay visible, so an unbroken sequence needs no proof.
    /// </summary>
    public const string Unbroken = """
        SELECT coalesce(max(n.position), $1)
        FROM (
            SELECT position, row_number() OVER (ORDER BY position) AS number
            FROM (SELECT position FROM {schema}.events WHERE position > $1 ORDER BY position LIMIT 1000) next) n
        WHERE n.position = $1 + n.number
        """;

    /// <summary>
    /// The transactions that may hold a position that is not visible yet: each transaction that appends holds the store's advisory lock
    /// from before its first position until after its commit is visible. At PREPARE TRANSACTION the pid becomes NULL. The third column has
    /// the low 32 bits of the last position assigned before the transaction's first: the key of another lock that it holds. It is NULL for
    /// a moment while the transaction ends, because its locks are not all released together.
    /// </summary>
    public const string Holders = $"""
        SELECT l.virtualtransaction, l.pid, pg_catalog.array_agg(l.objid::bigint) FILTER (WHERE {IsPosition})
        FROM pg_catalog.pg_locks l
        WHERE {IsAdvisory} AND ({IsStore} OR {IsPosition})
        GROUP BY l.virtualtransaction, l.pid
        HAVING bool_or({IsStore})
        """;

    /// <summary>
    /// The same transactions for people to read, the oldest first: pid, application, age in seconds, name of the prepared transaction,
    /// role, whether it has appended, and whether appends wait for it. An append always holds the lock of its last position too, and shares
    /// both; any session of the database can take advisory locks. One that holds either lock exclusively stops appends, and one that waits
    /// for the store's stops those that come after it. A session that has not appended may keep its lock beyond its transaction, so its age
    /// is unknown. A prepared transaction is found by its transaction id, which it has locked too.
    /// </summary>
    public const string NamedHolders = $"""
        SELECT l.pid, a.application_name,
            CASE WHEN k.has_appended THEN extract(epoch FROM clock_timestamp() - coalesce(a.xact_start, p.prepared))::float8 END AS age,
            p.gid, a.usename::text, k.has_appended, l.mode = 'ExclusiveLock'
        FROM pg_catalog.pg_locks l
        CROSS JOIN LATERAL (
            SELECT l.mode = 'ShareLock' AND EXISTS (
                SELECT FROM pg_catalog.pg_locks q
                WHERE q.virtualtransaction = l.virtualtransaction AND q.locktype = 'advisory' AND q.objsubid = 2
                  AND q.database = l.database AND q.classid = '{"{schema}"}.store_info'::regclass::oid)) k (has_appended)
        LEFT JOIN pg_catalog.pg_stat_activity a ON a.pid = l.pid
        LEFT JOIN LATERAL (
            SELECT x.gid, x.prepared
            FROM pg_catalog.pg_locks t
            JOIN pg_catalog.pg_prepared_xacts x ON x.transaction = t.transactionid
            WHERE t.locktype = 'transactionid' AND t.pid IS NULL AND t.virtualtransaction = l.virtualtransaction) p ON l.pid IS NULL
        WHERE {IsAdvisory}
            AND (({IsStore} AND (l.granted OR l.mode = 'ExclusiveLock')) OR ({IsPosition} AND l.mode = 'ExclusiveLock'))
        ORDER BY age DESC NULLS FIRST
        """;

    /// <summary>Whether <c>l</c> is an advisory lock of two keys in this database.</summary>
    private const string IsAdvisory = """
        l.locktype = 'advisory' AND l.objsubid = 2
            AND l.database = (SELECT oid FROM pg_catalog.pg_database WHERE datname = current_database())
        """;

    /// <summary>Whether such a lock is the store's own.</summary>
    private const string IsStore = $"l.classid = '{"{schema}"}.events'::regclass::oid AND l.objid = 1::oid";

    /// <summary>Whether such a lock tells a position.</summary>
    private const string IsPosition = $"l.classid = '{"{schema}"}.store_info'::regclass::oid";
}
