namespace EventStore.EF.PostgreSQL.Streams;

/// <summary>The statements that permanently remove streams, or their first events.</summary>
internal static class RemoveStatements
{
    /// <summary>
    /// Removes. $1 stream text · $2 expected bigint · $3 number of the first event to keep bigint, or null for none. Returns whether it was
    /// done.
    /// </summary>
    public const string Remove = "SELECT {schema}.remove($1, $2, $3)";

    /// <summary>As <see cref="Remove"/>, but waits for each lock at most $4 text, in milliseconds, and then raises 55P03.</summary>
    public const string RemoveWithin = """
        SELECT w.is_done
        FROM set_config('lock_timeout', $4, true) AS limited, LATERAL {schema}.remove($1 || left(limited, 0), $2, $3) AS w (is_done)
        """;
}
