using EventStore.EF.Schema;

namespace EventStore.EF.Sqlite.Schema;

/// <summary>
/// The run-time names of a store's tables and indexes. SQLite has no schemas, so table names begin with the schema's name. Index names
/// share one namespace per database, so they contain it too.
/// </summary>
internal static class SqliteNames
{
    /// <summary>The beginning of the model's names of keys, indexes and constraints, after their kind.</summary>
    private const string ModelInfix = "_" + EventStoreModel.Schema + "_";

    /// <summary>All tables of a store, without the schema's name, as the model and the migrations name them.</summary>
    public static IReadOnlyList<string> Tables { get; } =
        ["streams", "events", "stream_links", "snapshots", "subscriptions", "parked_events", "store_info", "event_tags"];

    /// <summary>The table that the model calls <paramref name="name"/> in <paramref name="modelSchema"/>.</summary>
    public static string Table(this SchemaName schema, string name, string? modelSchema)
        => string.IsNullOrEmpty(modelSchema) ? name : $"{schema.Map(modelSchema)}_{name}";

    /// <summary>The key, index or constraint that the model calls <c>ux_eventstore_…</c>; any other name is unchanged.</summary>
    public static string Identifier(this SchemaName schema, string name)
        => IsModelName(name) ? $"{name.AsSpan(0, 3)}{schema.Value}{name.AsSpan(ModelInfix.Length + 1)}" : name;

    /// <summary>The table in which EF Core records this store's migrations.</summary>
    public static string MigrationsHistory(string schema) => $"{schema}___EFMigrationsHistory";

    private static bool IsModelName(string name)
        => name.Length > ModelInfix.Length + 2
        && name.AsSpan(0, 2) is "pk" or "ux" or "ix" or "ck" or "fk"
        && name.AsSpan(2).StartsWith(ModelInfix, StringComparison.Ordinal);
}
