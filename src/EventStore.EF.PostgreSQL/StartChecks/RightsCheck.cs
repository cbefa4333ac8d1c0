using EventStore.EF.PostgreSQL.Connections;
using Npgsql;

namespace EventStore.EF.PostgreSQL.StartChecks;

/// <summary>
/// Requires the rights without which nothing works, or without which subscriptions would fail again and again while the host runs. The
/// rights to append can't be required: not every application that has the store appends.
/// </summary>
internal static class RightsCheck
{
    /// <summary>
    /// $1 schema text · $2 whether there are subscriptions boolean. Returns the role, and each missing right with its object; no row if
    /// none is missing, or if the schema doesn't exist yet. A right on any column counts.
    /// </summary>
    private const string Statement = """
        SELECT current_user::text, w.privilege, w.object
        FROM (SELECT oid, nspname FROM pg_catalog.pg_namespace WHERE nspname = $1::name) n
        CROSS JOIN LATERAL (
            SELECT 'USAGE' AS privilege, 'SCHEMA ' || n.nspname::text AS object
            WHERE NOT has_schema_privilege(n.oid, 'USAGE')
            UNION ALL
            SELECT w.privilege, n.nspname::text || '.' || w.name
            FROM (VALUES
                (false, '__EFMigrationsHistory', 'SELECT'), (true, 'events', 'SELECT'), (true, 'streams', 'SELECT'),
                (true, 'stream_links', 'SELECT'), (true, 'store_info', 'SELECT'),
                (true, 'subscriptions', 'SELECT'), (true, 'subscriptions', 'INSERT'),
                (true, 'subscriptions', 'UPDATE'), (true, 'subscriptions', 'DELETE'),
                (true, 'parked_events', 'SELECT'), (true, 'parked_events', 'INSERT'),
                (true, 'parked_events', 'UPDATE'), (true, 'parked_events', 'DELETE'),
                (true, 'events_position_seq', 'SELECT')) w (for_subscriptions, name, privilege)
            JOIN pg_catalog.pg_class c ON c.relnamespace = n.oid AND c.relname = w.name::name
            WHERE ($2 OR NOT w.for_subscriptions) AND NOT CASE
                WHEN c.relkind = 'S' THEN has_sequence_privilege(c.oid, w.privilege)
                WHEN w.privilege = 'DELETE' THEN has_table_privilege(c.oid, w.privilege)
                ELSE has_any_column_privilege(c.oid, w.privilege) END) w
        """;

    private static readonly string[] Privileges = ["USAGE", "SELECT", "INSERT", "UPDATE", "DELETE"];

    /// <exception cref="EventStoreUnavailableException">A right is missing.</exception>
    public static async Task RunAsync(NpgsqlConnection connection, string schema, string? subscription, CancellationToken ct)
    {
        await using var command = new NpgsqlCommand(Statement, connection)
        {
            Parameters = { Parameters.Text(schema), Parameters.Boolean(subscription is not null) },
        };
        await using var reader = await command.ExecuteReaderAsync(ct).ConfigureAwait(false);
        var missing = new List<(string Role, string Privilege, string Object)>();
        while (await reader.ReadAsync(ct).ConfigureAwait(false))
            missing.Add((reader.GetString(0), reader.GetString(1), reader.GetString(2)));

        if (missing is not [var (role, _, _), ..])
            return;

        var grants = missing
            .GroupBy(right => right.Object, StringComparer.Ordinal)
            .Select(rights => (rights.Key, Privileges: string.Join(", ", rights.Select(right => right.Privilege).OrderBy(Order))))
            .Select(rights => $"GRANT {rights.Privileges} ON {rights.Key} TO \"{role}\"");
        throw new EventStoreUnavailableException(
            $"The role '{role}', which the event store connects as, lacks rights that {subscription ?? "reading"} needs. As the owner of " +
            $"schema '{schema}', run: {string.Join("; ", grants)}. docs/security.md lists the rights of each role.", outcomeUnknown: false);
    }

    private static int Order(string privilege) => Array.IndexOf(Privileges, privilege);
}
