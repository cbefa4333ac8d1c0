using EventStore.EF.PostgreSQL.Connections;
using EventStore.EF.PostgreSQL.Order;
using EventStore.EF.Storage;
using Microsoft.EntityFrameworkCore;
using Npgsql;
using NpgsqlTypes;

namespace EventStore.EF.PostgreSQL.Append;

/// <summary>Finds the transactions that hold the locks that writes wait for.</summary>
internal sealed class BlockerSearch(IDbContextFactory<EventStoreDbContext> contexts, SchemaName schema)
{
    /// <summary>
    /// $1 streams text[]. The open transactions that have changed or locked the rows of these streams: pid, application, age in seconds. A
    /// row's xmax is that transaction, or a number shared by several that lock the row, which identifies none of them; so the transaction
    /// must also hold a lock on the table.
    /// </summary>
    private readonly string _lockers = schema.In("""
        SELECT DISTINCT t.pid, a.application_name, extract(epoch FROM clock_timestamp() - a.xact_start)::float8 AS age, NULL::text,
            a.usename::text, true, true
        FROM {schema}.streams s
        JOIN pg_catalog.pg_locks t ON t.locktype = 'transactionid' AND t.transactionid = s.xmax AND t.granted AND t.mode = 'ExclusiveLock'
        JOIN pg_catalog.pg_locks r ON r.virtualtransaction = t.virtualtransaction AND r.locktype = 'relation'
            AND r.relation = '{schema}.streams'::regclass::oid
            AND r.database = (SELECT oid FROM pg_catalog.pg_database WHERE datname = current_database())
        LEFT JOIN pg_catalog.pg_stat_activity a ON a.pid = t.pid
        WHERE s.tenant = '' AND s.name = ANY($1) AND t.pid IS DISTINCT FROM pg_backend_pid()
        ORDER BY age DESC
        """);

    /// <summary>$1 streams text[]. Whether one of them is missing, or is being created.</summary>
    private readonly string _isMissing = schema.In("""
        SELECT EXISTS (
            SELECT FROM pg_catalog.unnest($1) AS n
            WHERE n NOT IN (SELECT name FROM {schema}.streams WHERE tenant = '' AND name = ANY($1)))
        """);

    private readonly string _holders = schema.In(SettlementStatements.NamedHolders);

    /// <summary>
    /// The time for which a write waits for locks in total: Command Timeout, or the server's lock_timeout if that is shorter; no limit if
    /// neither is set.
    /// </summary>
    public async Task<TimeSpan> PatienceAsync(CancellationToken ct)
    {
        await using var connection = await StoreConnection.OpenAsync(contexts, ct).ConfigureAwait(false);
        await using var command = new NpgsqlCommand(
            "SELECT setting::bigint FROM pg_settings WHERE name = 'lock_timeout'", connection.Npgsql());
        var server = (long)(await command.ScalarAsync(ct).ConfigureAwait(false))!;
        var client = connection.Npgsql().CommandTimeout * 1000L;
        var milliseconds = server == 0 ? client : client == 0 ? server : Math.Min(server, client);
        return TimeSpan.FromMilliseconds(milliseconds == 0 ? int.MaxValue : milliseconds);
    }

    /// <summary>Creates the exception for a write whose wait for a lock has timed out.</summary>
    public async Task<LockTimeoutException> TimeoutAsync(
        IReadOnlyList<StreamName> streams, TimeSpan waited, Exception? exception, CancellationToken ct)
    {
        IReadOnlyList<BlockingTransaction> holders = [];
        try
        {
            await using var connection = await StoreConnection.OpenAsync(contexts, ct).ConfigureAwait(false);
            holders = await FindAsync(connection.Npgsql(), streams, waited, isSure: true, ct).ConfigureAwait(false);
        }
        catch (NpgsqlException)
        {
            // The holder stays unknown, but the write is known to have waited for a lock.
        }

        return new(streams[0], waited, holders, exception);
    }

    /// <summary>
    /// Finds the transactions that lock the rows. If none is visible because a transaction is creating the stream, finds those that have
    /// appended and been open for that long.
    /// </summary>
    /// <param name="connection">The connection to ask on.</param>
    /// <param name="streams">The streams whose locks are waited for.</param>
    /// <param name="waited">How long the locks must have been held.</param>
    /// <param name="isSure">Whether it is known that there was a lock.</param>
    /// <param name="ct">Cancels the search.</param>
    public async Task<IReadOnlyList<BlockingTransaction>> FindAsync(
        NpgsqlConnection connection, IReadOnlyList<StreamName> streams, TimeSpan waited, bool isSure, CancellationToken ct)
    {
        var names = Parameters.Array(NpgsqlDbType.Text, streams.Select(stream => stream.Value).ToArray());
        await using var lockers = new NpgsqlCommand(_lockers, connection) { Parameters = { names } };
        var found = await BlockerRows.ReadAsync(lockers, ct).ConfigureAwait(false);
        if (found.Count > 0)
            return [.. found.Select(row => row.Transaction)];

        await using var holders = new NpgsqlCommand(_holders, connection);
        var held = (await BlockerRows.ReadAsync(holders, ct).ConfigureAwait(false))
            .FindAll(row => row.Transaction.SessionId != connection.ProcessID);

        // Appends share the store's lock. A session that holds it exclusively stops all of them.
        if (held.Exists(row => row.BlocksAppends))
            return [.. held.Where(row => row.BlocksAppends).Select(row => row.Transaction)];

        if (!isSure)
        {
            await using var missing = new NpgsqlCommand(_isMissing, connection) { Parameters = { names.Clone() } };
            if (!(bool)(await missing.ScalarAsync(ct).ConfigureAwait(false))!)
                return [];
        }

        return [.. held.Select(row => row.Transaction).Where(holder => holder.Age is null || holder.Age >= waited)];
    }
}
