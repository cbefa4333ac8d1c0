using Npgsql;

namespace EventStore.EF.PostgreSQL.StartChecks;

/// <summary>The settings of the server and the session, read once when the host starts.</summary>
internal sealed record ServerSettings(
    string Database, int Version, string ServerEncoding, string ClientEncoding, string Isolation, bool IsReadOnly, bool IsStandby)
{
    /// <summary>Runs in a transaction, so that a pool without transactions is detected.</summary>
    private const string Statement = """
        BEGIN;
        SELECT current_database()::text, current_setting('server_version_num')::int,
               current_setting('server_encoding'), current_setting('client_encoding'),
               current_setting('default_transaction_isolation'), current_setting('default_transaction_read_only')::boolean,
               pg_is_in_recovery();
        COMMIT
        """;

    public static async Task<ServerSettings> ReadAsync(NpgsqlConnection connection, CancellationToken ct)
    {
        await using var command = new NpgsqlCommand(Statement, connection);
        await using var reader = await command.ExecuteReaderAsync(ct).ConfigureAwait(false);
        await reader.ReadAsync(ct).ConfigureAwait(false);
        return new(
            reader.GetString(0), reader.GetInt32(1), reader.GetString(2), reader.GetString(3),
            reader.GetString(4), reader.GetBoolean(5), reader.GetBoolean(6));
    }
}
