namespace EventStore.EF.PostgreSQL;

/// <summary>The statements that remove streams, or their first events, for good.</summary>
internal static class RemoveStatements
{
    /// <summary>$1 stream text · $2 expected bigint · $3 number of the first event kept bigint, or null for none. Whether it was done.</summary>
    public const string Remove = "SELECT {schema}.remove($1, $2, $3)";

    /// <summary>As <see cref="Remove"/>, waiting for each lock no longer than $4 text says, in milliseconds: 55P03 then.</summary>
    public const string RemoveWithin = """
        SELECT w.is_done
        FROM set_config('lock_timeout', $4, true) AS limited, LATERAL {schema}.remove($1 || left(limited, 0), $2, $3) AS w (is_done)
        """;
}
