using System.Globalization;
using System.Text.RegularExpressions;

namespace EventStore.EF.Storage.Sql;

/// <summary>
/// The placeholders of one database. Statements that differ in nothing else are written once, with these placeholders in braces: table
/// names, and expressions such as <c>{now}</c>. Everything else is written as it runs; statements that differ more are supplied by the
/// provider.
/// </summary>
/// <param name="schema">The schema of the store.</param>
/// <param name="table">The format of a table name: <c>{0}</c> is the schema, <c>{1}</c> the table.</param>
/// <param name="hasTypes">
/// Whether parameters state their type, as in <c>@name::bigint</c>: PostgreSQL can't determine the type of a parameter that may be null.
/// </param>
/// <param name="words">The placeholders without braces, with their texts. An empty text removes its line if it is alone on it.</param>
internal sealed partial class SqlDialect(SchemaName schema, string table, bool hasTypes, IReadOnlyDictionary<string, string> words)
{
    private static readonly string[] Tables =
        ["events", "streams", "stream_links", "subscriptions", "parked_events", "snapshots", "store_info"];

    /// <summary>Placeholders shared by all databases.</summary>
    private static readonly Dictionary<string, string> Shared = new()
    {
        // The partitions of one subscription, and their parked events.
        ["those"] = "name = @name AND stream = @stream",
        ["theirs"] = "subscription_id IN (SELECT id FROM {subscriptions} WHERE {those})",

        // One partition under this process's lease, with the definition that the process knows.
        ["fenced"] = "id = @id AND epoch = @epoch",
        ["fenced_by_definition"] = "{fenced} AND definition = coalesce(@definition::bigint, definition)",

        // A partition may be acquired; its owner has let the lease expire.
        ["is_free"] =
            "NOT is_paused AND (lease_expires_at IS NULL OR lease_expires_at <= {now} OR owner = @owner " +
            "OR (owner IS NULL AND requested_by = @owner))",
        ["is_abandoned"] = "coalesce(owner IS NOT NULL AND lease_expires_at <= {now}, false)",

        // A SubscriptionRow.
        ["row"] = $"{SubscriptionRow.Columns}, coalesce({{is_free}}, false), {{lease_left}}, {{lease_mark}}, lease_seconds",
        ["set_definition"] = """
            SET definition = definition + 1, handles = @handles, is_covered = owner IS NOT NULL AND covers IS NULL,
                requested_by = CASE
                    WHEN owner IS NOT NULL AND covers IS NULL THEN requested_by
                    ELSE coalesce(@owner::text, requested_by) END,
                defined_after = CASE
                    WHEN stream = '$all' THEN {highest}
                    ELSE coalesce((SELECT version FROM {streams} WHERE tenant = '' AND name = @stream), 0) END
            """,
    };

    /// <summary>The statement for this database.</summary>
    /// <exception cref="InvalidOperationException">A placeholder is unknown.</exception>
    public string Text(string sql)
    {
        // Placeholders may contain placeholders.
        while (Word().IsMatch(sql))
            sql = Word().Replace(sql, match => Find(match.Groups[1].Value));

        if (!hasTypes)
            sql = Type().Replace(sql, "");

        return EmptyLine().Replace(sql, "");
    }

    private string Find(string word)
        => words.TryGetValue(word, out var text) || Shared.TryGetValue(word, out text) ? text
        : Tables.Contains(word) ? string.Format(CultureInfo.InvariantCulture, table, schema.Value, word)
        : throw new InvalidOperationException($"A statement contains the unknown placeholder '{{{word}}}'.");

    [GeneratedRegex(@"\{(\w+)\}")]
    private static partial Regex Word();

    [GeneratedRegex(@"(?<=@\w+)::(text|bigint|uuid|bytea)")]
    private static partial Regex Type();

    [GeneratedRegex(@"\n[ ]*(?=\n|$)")]
    private static partial Regex EmptyLine();
}
