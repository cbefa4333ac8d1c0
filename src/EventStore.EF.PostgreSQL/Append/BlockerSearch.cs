using Microsoft.EntityFrameworkCore;
using Npgsql;
using NpgsqlTypes;

namespace EventStore.EF.PostgreSQL;

/// <summary>Finds who holds the locks that writes wait for.</summary>
internal sealed class BlockerSearch(IDbContextFactory<EventStoreDbContext> contexts, SchemaName schema)
{
    /// <summary>
    /// $1 streams text[]. Who has changed or locked the rows of these streams and is still open: pid, application, age in seconds. A row's
    /// xmax is that transaction, or a number of several that share the row, which names nobody; so the transaction must also have a lock on
    /// the table.
    /// </summary>
    private readonly string _lockers = schema.In("""
        SELECT DISTINCT t.pid, a.application_name, extract(epoch FROM clock_timestamp() - a.xact_start)::float8 AS age
        FROM {schema}.streams s
        JOIN pg_locks t ON t.locktype = 'transactionid' AND t.transactionid = s.xmax AND t.granted AND t.mode = 'ExclusiveLock'
        JOIN pg_locks r ON r.virtualtransaction = t.virtualtransaction AND r.locktype = 'relation' AND r.relation = '{schema}.streams'::regclass
            AND r.database = (SELECT oid FROM pg_database WHERE datname = current_database())
        LEFT JOIN pg_stat_activity a ON a.pid = t.pid
        WHERE s.name = ANY($1) AND t.pid IS DISTINCT FROM pg_backend_pid()
        ORDER BY age DESC
        """);

    /// <summary>$1 streams text[]. Whether one of them is missing, or is being created.</summary>
    private readonly string _isMissing = schema.In("SELECT EXISTS (SELECT FROM unnest($1) AS n WHERE n NOT IN (SELECT name FROM {schema}.streams WHERE name = ANY($1)))");

    private readonly string _holders = schema.In(SettlementStatements.NamedHolders);

    /// <summary>How long a write waits for locks in all: Command Timeout, or the server's lock_timeout when that is shorter; for ever when neither is set.</summary>
    public async Task<TimeSpan> PatienceAsync(CancellationToken ct)
    {
        await using var connection = await StoreConnection.OpenAsync(contexts, ct).ConfigureAwait(false);
        await using var command = new NpgsqlCommand("SELECT setting::bigint FROM pg_settings WHERE name = 'lock_timeout'", connection.Npgsql());
        var server = (long)(await command.ScalarAsync(ct).ConfigureAwait(false))!;
        var client = connection.Npgsql().CommandTimeout * 1000L;
        var milliseconds = server == 0 ? client : client == 0 ? server : Math.Min(server, client);
        return TimeSpan.FromMilliseconds(milliseconds == 0 ? int.MaxValue : milliseconds);
    }

    /// <summary>What to tell a write that has waited in vain.</summary>
    public async Task<LockTimeoutException> TimeoutAsync(IReadOnlyList<StreamName> streams, TimeSpan waited, Exception? exception, CancellationToken ct)
    {
        IReadOnlyList<PositionHolder> holders = [];
        try
        {
            await using var connection = await StoreConnection.OpenAsync(contexts, ct).ConfigureAwait(false);
            holders = await FindAsync(connection.Npgsql(), streams, waited, isSure: true, ct).ConfigureAwait(false);
        }
        catch (NpgsqlException)
        {
            // Who holds the lock stays unknown; that the write has waited for it is known.
        }

        return new(streams[0], waited, holders, exception);
    }

    /// <summary>Who holds the rows; where there is none to see, because somebody is creating the stream, who has appended and is open that long.</summary>
    /// <param name="connection">Who asks.</param>
    /// <param name="streams">Whose locks.</param>
    /// <param name="waited">For how long somebody must have held them.</param>
    /// <param name="isSure">Whether it is known that there was a lock.</param>
    /// <param name="ct">Cancels it.</param>
    public async Task<IReadOnlyList<PositionHolder>> FindAsync(
        NpgsqlConnection connection, IReadOnlyList<StreamName> streams, TimeSpan waited, bool isSure, CancellationToken ct)
    {
        var names = Parameters.Array(NpgsqlDbType.Text, streams.Select(stream => stream.Value).ToArray());
        await using var lockers = new NpgsqlCommand(_lockers, connection) { Parameters = { names } };
        var found = await ReadAsync(lockers, ct).ConfigureAwait(false);
        if (found.Count > 0)
            return found;

        if (!isSure)
        {
            await using var missing = new NpgsqlCommand(_isMissing, connection) { Parameters = { names.Clone() } };
            if (!(bool)(await missing.ScalarAsync(ct).ConfigureAwait(false))!)
                return [];
        }

        await using var holders = new NpgsqlCommand(_holders, connection);
        return (await ReadAsync(holders, ct).ConfigureAwait(false)).FindAll(holder => holder.Pid != connection.ProcessID && (holder.Age is null || holder.Age >= waited));
    }

    private static async Task<List<PositionHolder>> ReadAsync(NpgsqlCommand command, CancellationToken ct)
    {
        await using var reader = await command.ExecuteReaderAsync(ct).ConfigureAwait(false);
        var holders = new List<PositionHolder>();
        while (await reader.ReadAsync(ct).ConfigureAwait(false))
        {
            holders.Add(new(
                reader.IsDBNull(0) ? null : reader.GetInt32(0), reader.IsDBNull(1) ? null : reader.GetString(1),
                reader.IsDBNull(2) ? null : TimeSpan.FromSeconds(reader.GetDouble(2)), reader.FieldCount > 3 && !reader.IsDBNull(3) ? reader.GetString(3) : null));
        }

        return holders;
    }
}
