using EventStore.EF.PostgreSQL.Connections;
using EventStore.EF.Storage;
using Npgsql;

namespace EventStore.EF.PostgreSQL.Order;

/// <summary>
/// Requires a server that keeps and shows advisory locks of transactions, on which the order of events is proven. Some databases that speak
/// PostgreSQL's protocol accept such a lock and ignore it, and some proxies spread a session over several. Readers would then take a gap
/// for dead while its events may still appear, and skip them for good.
/// </summary>
internal sealed class EngineCheck(BackgroundConnections background, SchemaName schema)
{
    private const string Engine = "postgresql";
    private const string Allocator = "sequence";

    /// <summary>Takes the store's lock, shared, as an append does. Returns the transaction as the list of holders names it.</summary>
    private readonly string _take = schema.In("""
        SELECT (SELECT virtualtransaction FROM pg_catalog.pg_locks WHERE pid = pg_backend_pid() AND locktype = 'virtualxid' LIMIT 1)
        FROM (SELECT pg_advisory_xact_lock_shared('{schema}.events'::regclass::oid::int, 1)) taken
        """);

    private readonly string _holders = schema.In(SettlementStatements.Holders);

    /// <summary>What the store was created for, and how many positions a session of the server takes from the sequence at a time.</summary>
    private readonly string _facts = schema.In("""
        SELECT i.engine, i.position_allocator, s.seqcache
        FROM {schema}.store_info i
        LEFT JOIN pg_catalog.pg_sequence s ON s.seqrelid = '{schema}.events_position_seq'::regclass::oid
        """);

    /// <summary>Checks everything. Returns a warning, or null.</summary>
    /// <exception cref="EventStoreSchemaException">The store can't be kept on this server, or not by this version.</exception>
    public async Task<string?> RunAsync(CancellationToken ct)
    {
        var warning = await CheckFactsAsync(ct).ConfigureAwait(false);
        await CheckLocksAsync(ct).ConfigureAwait(false);
        return warning;
    }

    /// <summary>Checks that one connection sees the lock of another for exactly as long as its transaction is open.</summary>
    /// <exception cref="EventStoreSchemaException">It doesn't.</exception>
    public async Task CheckLocksAsync(CancellationToken ct)
    {
        await using var holding = await background.OpenAsync(ct).ConfigureAwait(false);
        await using var looking = await background.OpenAsync(ct).ConfigureAwait(false);
        if (await IsStandbyAsync(holding.Npgsql(), ct).ConfigureAwait(false))
            return;

        string? taken;
        await using (var transaction = await holding.Npgsql().BeginTransactionAsync(ct).ConfigureAwait(false))
        {
            await using var take = new NpgsqlCommand(_take, holding.Npgsql(), transaction);
            taken = await take.ScalarAsync(ct).ConfigureAwait(false) as string;
            if (taken is null || !await IsHeldAsync(looking.Npgsql(), taken, ct).ConfigureAwait(false))
                throw Refuse("another connection doesn't see the advisory lock of an open transaction");

            await transaction.CommitAsync(ct).ConfigureAwait(false);
        }

        if (await IsHeldAsync(looking.Npgsql(), taken, ct).ConfigureAwait(false))
            throw Refuse("the advisory lock of a transaction is still held after its commit");
    }

    private static async Task<bool> IsStandbyAsync(NpgsqlConnection connection, CancellationToken ct)
    {
        await using var command = new NpgsqlCommand(SettlementStatements.IsStandby, connection);
        return (bool)(await command.ScalarAsync(ct).ConfigureAwait(false))!;
    }

    private async Task<bool> IsHeldAsync(NpgsqlConnection connection, string transaction, CancellationToken ct)
    {
        await using var command = new NpgsqlCommand(_holders, connection);
        await using var reader = await command.ExecuteReaderAsync(ct).ConfigureAwait(false);
        var isHeld = false;
        while (await reader.ReadAsync(ct).ConfigureAwait(false))
            isHeld |= reader.GetString(0) == transaction;

        return isHeld;
    }

    private async Task<string?> CheckFactsAsync(CancellationToken ct)
    {
        await using var connection = await background.OpenAsync(ct).ConfigureAwait(false);
        await using var command = new NpgsqlCommand(_facts, connection.Npgsql());
        await using var reader = await command.ExecuteReaderAsync(ct).ConfigureAwait(false);
        if (!await reader.ReadAsync(ct).ConfigureAwait(false))
        {
            throw new EventStoreSchemaException(
                $"The table store_info in schema '{schema}' has no row, but the migrations insert one. Restore it from a backup.",
                schema.Value);
        }

        var (engine, allocator) = (reader.GetString(0), reader.GetString(1));
        if ((engine, allocator) != (Engine, Allocator))
        {
            throw new EventStoreSchemaException(
                $"The event store in schema '{schema}' was created for the engine '{engine}' with positions from '{allocator}', but this " +
                $"version of EventStore.EF.PostgreSQL only works with '{Engine}' and '{Allocator}'. Use the package that created it.",
                schema.Value);
        }

        return !reader.IsDBNull(2) && reader.GetInt64(2) > 1
            ? $"The sequence {schema}.events_position_seq has CACHE {reader.GetInt64(2)}: each session takes that many positions in " +
              "advance, and what it appends later may be skipped by readers. Run ALTER SEQUENCE " +
              $"{schema}.events_position_seq CACHE 1."
            : null;
    }

    private EventStoreSchemaException Refuse(string what) => new(
        $"The event store can't be kept on this server, because events could be skipped: {what}. Use PostgreSQL itself; if it is behind " +
        "a proxy, let the proxy keep one server connection for the whole of a transaction.", schema.Value);
}
