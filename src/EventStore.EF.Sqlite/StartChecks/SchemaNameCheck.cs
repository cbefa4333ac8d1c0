namespace EventStore.EF.Sqlite;

/// <summary>
/// A schema's name is the beginning of tables' names, so two schemas could mean one table: the events of <c>shop_parked</c> would be what
/// <c>shop</c> calls its parked events. Names that could collide with another's are refused, whether that other is there or not.
/// </summary>
internal static class SchemaNameCheck
{
    /// <summary>How one table's name continues another's: <c>_parked</c>, of <c>parked_events</c> and <c>events</c>.</summary>
    private static readonly (string Ending, string Table, string Longer)[] Collisions =
    [
        .. from longer in SqliteNames.Tables
           from table in SqliteNames.Tables
           where longer.EndsWith("_" + table, StringComparison.Ordinal)
           select ("_" + longer[..^(table.Length + 1)], table, longer),
    ];

    public static void Check(string schema)
    {
        if (schema is "sqlite" || schema.StartsWith("sqlite_", StringComparison.Ordinal))
        {
            throw new ArgumentException(
                $"EventStoreOptions.Schema is '{schema}', and SQLite keeps all names of tables that begin with 'sqlite_' to itself. " +
                "Choose another name.", nameof(schema));
        }

        foreach (var (ending, table, longer) in Collisions)
        {
            if (schema.Length <= ending.Length || !schema.EndsWith(ending, StringComparison.Ordinal))
                continue;

            throw new ArgumentException(
                $"EventStoreOptions.Schema is '{schema}'. On SQLite the schema's name is the beginning of the tables' names, so its " +
                $"table '{schema}_{table}' would be the table of the {longer.Replace('_', ' ')} of a store in schema '{schema[..^ending.Length]}'. Choose a name that " +
                $"doesn't end with '{ending}'.", nameof(schema));
        }
    }
}
