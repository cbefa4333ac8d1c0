namespace EventStore.EF.PostgreSQL;

/// <summary>The statements of the proof that no earlier event can still appear; see <see cref="SettledPosition"/>.</summary>
internal static class SettlementStatements
{
    /// <summary>
    /// Which server this is, and which life of the store. When any of it changes, what was known of positions is void: a promoted
    /// stand-by or a restored database may hand the same numbers out again.
    /// </summary>
    public const string Identity = "SELECT concat_ws('/', extract(epoch FROM pg_postmaster_start_time()), pg_is_in_recovery(), (SELECT epoch FROM {schema}.store_info))";

    /// <summary>
    /// The highest position that is visible as a committed row. Never the sequence's last value: after a crash numbers that were not
    /// flushed are handed out again.
    /// </summary>
    public const string HighestVisible = "SELECT coalesce(max(position), 0) FROM {schema}.events";

    /// <summary>
    /// Who may hold a position that is not visible yet: every transaction that appends holds the store's advisory lock from before
    /// its first position until after its commit is visible. At PREPARE TRANSACTION the pid turns NULL.
    /// </summary>
    public const string Holders = """
        SELECT virtualtransaction, pid
        FROM pg_locks
        WHERE locktype = 'advisory' AND objsubid = 2 AND objid = 1
          AND classid = '{schema}.events'::regclass
          AND database = (SELECT oid FROM pg_database WHERE datname = current_database())
        """;
}
