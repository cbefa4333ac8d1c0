namespace EventStore.EF.PostgreSQL.Operations;

/// <summary>What an operator asks of the server. Nothing here reads rows of the store, or needs more than the right to connect.</summary>
internal static class ServerStatements
{
    /// <summary>
    /// Facts of the server, in one row: version as text and as a number, whether it is a stand-by, whether sessions may write, fsync,
    /// synchronous_commit, full_page_writes, session_replication_role; the largest number of connections, those of them that are reserved,
    /// those in use; the age of the database's oldest transaction id and the age at which the server removes old ones by itself; how many
    /// positions a session takes from the sequence at a time, and the size of the store's tables in bytes.
    /// </summary>
    public const string Facts = """
        SELECT current_setting('server_version'), current_setting('server_version_num')::int, pg_is_in_recovery(),
            current_setting('transaction_read_only')::boolean, current_setting('fsync'), current_setting('synchronous_commit'),
            current_setting('full_page_writes'), current_setting('session_replication_role'),
            current_setting('max_connections')::int, current_setting('superuser_reserved_connections')::int,
            (SELECT sum(d.numbackends)::int FROM pg_catalog.pg_stat_database d),
            (SELECT age(d.datfrozenxid) FROM pg_catalog.pg_database d WHERE d.datname = current_database()),
            current_setting('autovacuum_freeze_max_age')::int,
            (SELECT q.seqcache
            FROM pg_catalog.pg_sequence q
            JOIN pg_catalog.pg_class c ON c.oid = q.seqrelid
            JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
            WHERE n.nspname = '{schema}' AND c.relname = 'events_position_seq'),
            (SELECT sum(pg_total_relation_size(c.oid))::bigint
            FROM pg_catalog.pg_class c
            JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
            WHERE n.nspname = '{schema}' AND c.relkind = 'r')
        """;

    /// <summary>The indexes of the store's tables. Returns the name of each, and whether it can be used.</summary>
    public const string Indexes = """
        SELECT c.relname::text, i.indisvalid AND i.indisready
        FROM pg_catalog.pg_index i
        JOIN pg_catalog.pg_class c ON c.oid = i.indexrelid
        JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
        WHERE n.nspname = '{schema}'
        """;

    /// <summary>The triggers of the store's tables. Returns the name of each, and whether it fires in ordinary sessions.</summary>
    public const string Triggers = """
        SELECT t.tgname::text, t.tgenabled IN ('O', 'A')
        FROM pg_catalog.pg_trigger t
        JOIN pg_catalog.pg_class c ON c.oid = t.tgrelid
        JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
        WHERE n.nspname = '{schema}' AND NOT t.tgisinternal
        """;

    /// <summary>The table of streams, which each append updates. Returns its dead and its live rows, as the server counts them.</summary>
    public const string DeadRows = """
        SELECT t.n_dead_tup, t.n_live_tup
        FROM pg_catalog.pg_stat_all_tables t
        WHERE t.schemaname = '{schema}' AND t.relname = 'streams'
        """;

    /// <summary>
    /// The replication slots that nobody reads, the one that keeps the most of the server's log first. Returns the name and the bytes. None
    /// on a stand-by.
    /// </summary>
    public const string AbandonedSlots = """
        SELECT s.slot_name::text, (pg_current_wal_lsn() - s.restart_lsn)::bigint AS kept
        FROM pg_catalog.pg_replication_slots s
        WHERE NOT s.active AND s.restart_lsn IS NOT NULL AND NOT pg_is_in_recovery()
        ORDER BY kept DESC
        """;
}
