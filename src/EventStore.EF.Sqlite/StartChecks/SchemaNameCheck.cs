using EventStore.EF.Sqlite.Schema;

namespace EventStore.EF.Sqlite.StartChecks;

/// <summary>
/// Refuses schema names that could collide. Table names begin with the schema's name, so two schemas could mean the same table: the events
/// of <c>shop_parked</c> would be the parked events of <c>shop</c>. Such a name is refused whether or not the other schema exists.
/// </summary>
internal static class SchemaNameCheck
{
    /// <summary>
    /// The endings by which one table's name continues another's: <c>_parked</c>, of <c>parked_events</c> and <c>events</c>.
    /// </summary>
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
                $"EventStoreOptions.Schema is '{schema}', but SQLite reserves all table names that begin with 'sqlite_'. " +
                "Choose another name.", nameof(schema));
        }

        foreach (var (ending, table, longer) in Collisions)
        {
            if (schema.Length <= ending.Length || !schema.EndsWith(ending, StringComparison.Ordinal))
                continue;

            throw new ArgumentException(
                $"EventStoreOptions.Schema is '{schema}'. On SQLite, table names begin with the schema's name, so its table " +
                $"'{schema}_{table}' would be the table of the {longer.Replace('_', ' ')} of a store in schema " +
                $"'{schema[..^ending.Length]}'. Choose a name that doesn't end with '{ending}'.", nameof(schema));
        }
    }
}
