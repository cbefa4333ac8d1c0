using System.Globalization;
using System.Text.RegularExpressions;

namespace EventStore.EF;

/// <summary>
/// The words of one database. Statements that differ in nothing else are written once, with these words in braces: the names of tables, and
/// expressions such as <c>{now}</c>. The rest stays as it is written, and so is read as it runs; what differs in more is a text of the provider's.
/// </summary>
/// <param name="schema">The schema that the store lives in.</param>
/// <param name="table">How a table is named: <c>{0}</c> is the schema, <c>{1}</c> the table.</param>
/// <param name="hasTypes">Whether a parameter's type is said, as <c>@name::bigint</c>: where it may be null, PostgreSQL can't tell it otherwise.</param>
/// <param name="words">The words, without braces. One that is empty takes its line with it, where it stands alone.</param>
internal sealed partial class SqlDialect(SchemaName schema, string table, bool hasTypes, IReadOnlyDictionary<string, string> words)
{
    private static readonly string[] Tables = ["events", "streams", "stream_links", "subscriptions", "parked_events", "snapshots"];

    /// <summary>What the statements of every database share.</summary>
    private static readonly Dictionary<string, string> Shared = new()
    {
        // The partitions of one subscription, and what they have parked.
        ["those"] = "name = @name AND stream = @stream",
        ["theirs"] = "subscription_id IN (SELECT id FROM {subscriptions} WHERE {those})",

        // One partition under the lease that this process has, as it knows the definition.
        ["fenced"] = "id = @id AND epoch = @epoch",
        ["fenced_by_definition"] = "{fenced} AND definition = coalesce(@definition::bigint, definition)",

        // A partition may be had; its owner has let the lease run out.
        ["is_free"] = "NOT is_paused AND (lease_expires_at IS NULL OR lease_expires_at <= {now} OR owner = @owner OR (owner IS NULL AND requested_by = @owner))",
        ["is_abandoned"] = "coalesce(owner IS NOT NULL AND lease_expires_at <= {now}, false)",

        // A SubscriptionRow.
        ["row"] = $"{SubscriptionRow.Columns}, coalesce({{is_free}}, false), {{lease_left}}, {{lease_mark}}, lease_seconds",
        ["set_definition"] = """
            SET definition = definition + 1, handles = @handles, is_covered = owner IS NOT NULL AND covers IS NULL,
                requested_by = CASE WHEN owner IS NOT NULL AND covers IS NULL THEN requested_by ELSE coalesce(@owner::text, requested_by) END,
                defined_after = CASE
                    WHEN stream = '$all' THEN (SELECT coalesce(max(position), 0) FROM {events})
                    ELSE coalesce((SELECT version FROM {streams} WHERE name = @stream), 0) END
            """,
    };

    /// <summary>The text in this database's words.</summary>
    /// <exception cref="InvalidOperationException">A word is unknown.</exception>
    public string Text(string sql)
    {
        // Words may be written in words.
        while (Word().IsMatch(sql))
            sql = Word().Replace(sql, match => Find(match.Groups[1].Value));

        if (!hasTypes)
            sql = Type().Replace(sql, "");

        return EmptyLine().Replace(sql, "");
    }

    private string Find(string word)
        => words.TryGetValue(word, out var text) || Shared.TryGetValue(word, out text) ? text
        : Tables.Contains(word) ? string.Format(CultureInfo.InvariantCulture, table, schema.Value, word)
        : throw new InvalidOperationException($"The word '{{{word}}}' of a statement is unknown.");

    [GeneratedRegex(@"\{(\w+)\}")]
    private static partial Regex Word();

    [GeneratedRegex(@"(?<=@\w+)::(text|bigint|uuid|bytea)")]
    private static partial Regex Type();

    [GeneratedRegex(@"\n[ ]*(?=\n|$)")]
    private static partial Regex EmptyLine();
}
