using System.Data;
using EventStore.EF.PostgreSQL.Connections;
using EventStore.EF.Storage;
using Npgsql;

namespace EventStore.EF.PostgreSQL.Order;

/// <summary>Asks the database which transactions may still fill gaps between positions.</summary>
internal sealed class SettlementReader(
    BackgroundConnections background, SchemaName schema, SettledPosition settled, EngineCheck engine, TimeProvider time)
{
    /// <summary>
    /// The number of times to repeat a look that met a transaction while it ended: the server releases its locks within microseconds.
    /// </summary>
    private const int MaxLooks = 100;

    /// <summary>The number of positions that <see cref="SettlementStatements.Unbroken"/> looks at.</summary>
    private const int UnbrokenCount = 1000;

    private static readonly TimeSpan BetweenLooks = TimeSpan.FromMilliseconds(1);

    private readonly string _identity = schema.In(SettlementStatements.Identity);
    private readonly string _highestVisible = schema.In(SettlementStatements.HighestVisible);
    private readonly string _highestAssigned = schema.In(SettlementStatements.HighestAssigned);
    private readonly string _unbroken = schema.In(SettlementStatements.Unbroken);
    private readonly string _holders = schema.In(SettlementStatements.Holders);

    /// <summary>The incarnation whose server is known to keep and show locks; the first one is checked when the host starts.</summary>
    private long _checkedIn;

    /// <summary>One look, as <see cref="SettledPosition.ProveAsync"/> takes it.</summary>
    public async Task<SettlementLook> LookAsync(CancellationToken ct)
    {
        await CheckServerAsync(ct).ConfigureAwait(false);

        // One proof at a time serves all readers, including the tail reader.
        await using var connection = await background.OpenAsync(ct).ConfigureAwait(false);
        return await LookAsync(connection.Npgsql(), null, ct).ConfigureAwait(false);
    }

    /// <summary>
    /// Reads the position after which a reader must begin to get everything that isn't committed yet, and as little as possible of what is.
    /// It never waits, however long other transactions stay open.
    /// </summary>
    /// <remarks>
    /// The look proves a position settled, and the unbroken sequence of positions after it may raise it further. That sequence is read in
    /// the look's own snapshot, which is older than the list of holders: a later snapshot might contain events committed since.
    /// </remarks>
    public async Task<long> ReadSettledAsync(CancellationToken ct)
    {
        for (var looks = 1; ; looks++)
        {
            await CheckServerAsync(ct).ConfigureAwait(false);
            var captured = settled.Capture();
            await using var connection = await background.OpenAsync(ct).ConfigureAwait(false);
            var npgsql = connection.Npgsql();
            await using var snapshot = await npgsql.BeginTransactionAsync(IsolationLevel.RepeatableRead, ct).ConfigureAwait(false);
            var look = await LookAsync(npgsql, snapshot, ct).ConfigureAwait(false);
            if (!settled.IsValid(captured, look.Identity))
                continue;

            if (!look.IsComplete && looks < MaxLooks)
            {
                await snapshot.CommitAsync(ct).ConfigureAwait(false);
                await Task.Delay(BetweenLooks, time, ct).ConfigureAwait(false);
                continue;
            }

            var position = Math.Max(captured.Position, look.Settled);
            while (position < look.Highest)
            {
                var unbroken = await ReadUnbrokenAsync(npgsql, snapshot, position, ct).ConfigureAwait(false);
                var isWhole = unbroken == position + UnbrokenCount;
                position = Math.Min(unbroken, look.Highest);
                if (!isWhole)
                    break;
            }

            await snapshot.CommitAsync(ct).ConfigureAwait(false);
            settled.RaiseTo(captured, position);
            return position;
        }
    }

    /// <summary>
    /// The highest position that one look proves settled, or that was proved before. <see langword="null"/> on a stand-by, and while a
    /// transaction that is ending doesn't tell its position.
    /// </summary>
    public async Task<long?> LookSettledAsync(CancellationToken ct)
    {
        await using var connection = await background.OpenAsync(ct).ConfigureAwait(false);
        await using (var standby = new NpgsqlCommand(SettlementStatements.IsStandby, connection.Npgsql()))
        {
            if (await standby.ScalarAsync(ct).ConfigureAwait(false) is true)
                return null;
        }

        for (var looks = 1; looks <= MaxLooks; looks++)
        {
            var captured = settled.Capture();
            var look = await LookAsync(connection.Npgsql(), null, ct).ConfigureAwait(false);
            if (!settled.IsValid(captured, look.Identity))
                continue;

            if (look.IsComplete)
                return Math.Max(captured.Position, look.Settled);

            await Task.Delay(BetweenLooks, time, ct).ConfigureAwait(false);
        }

        return null;
    }

    /// <summary>
    /// Reads the last position of the unbroken sequence of visible positions after a position, as far as one page reaches.
    /// </summary>
    public async Task<long> ReadUnbrokenAsync(long after, CancellationToken ct)
    {
        await using var connection = await background.OpenAsync(ct).ConfigureAwait(false);
        return await ReadUnbrokenAsync(connection.Npgsql(), null, after, ct).ConfigureAwait(false);
    }

    /// <summary>Another server may have taken over, which must keep and show locks too.</summary>
    private async ValueTask CheckServerAsync(CancellationToken ct)
    {
        var incarnation = settled.Incarnation;
        if (Interlocked.Read(ref _checkedIn) == incarnation)
            return;

        await engine.CheckLocksAsync(ct).ConfigureAwait(false);
        Interlocked.Exchange(ref _checkedIn, incarnation);
    }

    private async Task<long> ReadUnbrokenAsync(
        NpgsqlConnection connection, NpgsqlTransaction? transaction, long after, CancellationToken ct)
    {
        await using var command = new NpgsqlCommand(_unbroken, connection, transaction) { Parameters = { Parameters.Bigint(after) } };
        return (long)(await command.ScalarAsync(ct).ConfigureAwait(false))!;
    }

    private async Task<SettlementLook> LookAsync(NpgsqlConnection connection, NpgsqlTransaction? transaction, CancellationToken ct)
    {
        await using var batch = new NpgsqlBatch(connection, transaction)
        {
            BatchCommands = { new(SettlementStatements.IsStandby), new(_identity), new(_highestVisible), new(_holders) },
        };
        await using var reader = await batch.ExecuteReaderAsync(ct).ConfigureAwait(false);
        await reader.ReadAsync(ct).ConfigureAwait(false);
        if (reader.GetBoolean(0))
        {
            throw new NpgsqlException(
                "The server is a stand-by, and only the primary knows which events may still appear before others. " +
                "Set Target Session Attributes=primary in the connection string");
        }

        await reader.NextResultAsync(ct).ConfigureAwait(false);
        await reader.ReadAsync(ct).ConfigureAwait(false);
        var identity = reader.GetString(0);
        await reader.NextResultAsync(ct).ConfigureAwait(false);
        await reader.ReadAsync(ct).ConfigureAwait(false);
        var (highest, assigned) = (reader.GetInt64(0), reader.GetInt64(1));
        await reader.NextResultAsync(ct).ConfigureAwait(false);
        var holders = new List<(string VirtualTransaction, int? Pid, long[]? Keys)>();
        while (await reader.ReadAsync(ct).ConfigureAwait(false))
        {
            holders.Add((
                reader.GetString(0),
                await reader.IsDBNullAsync(1, ct).ConfigureAwait(false) ? null : reader.GetInt32(1),
                await reader.IsDBNullAsync(2, ct).ConfigureAwait(false)
                    ? null
                    : await reader.GetFieldValueAsync<long[]>(2, ct).ConfigureAwait(false)));
        }

        await reader.DisposeAsync().ConfigureAwait(false);

        // Read later than the holders, but limited to what was assigned before: whoever was given a position up to there is among them.
        if (highest > assigned)
            highest = (await ReadUnassignedAsync(connection, transaction, assigned, ct).ConfigureAwait(false)).Highest;

        return new(
            identity, highest,
            [.. holders.Select(holder => new LockHolder(
                holder.VirtualTransaction, holder.Pid, holder.Keys is { } keys ? After(keys, highest) : null))]);
    }

    /// <summary>
    /// Reads the highest visible position up to the last one that was assigned, and the first event above it, which is not believed.
    /// </summary>
    public Task<UnassignedPosition> ReadUnassignedAsync(NpgsqlConnection connection, long assigned, CancellationToken ct)
        => ReadUnassignedAsync(connection, null, assigned, ct);

    private async Task<UnassignedPosition> ReadUnassignedAsync(
        NpgsqlConnection connection, NpgsqlTransaction? transaction, long assigned, CancellationToken ct)
    {
        await using var command = new NpgsqlCommand(_highestAssigned, connection, transaction)
        {
            Parameters = { Parameters.Bigint(assigned) },
        };
        await using var reader = await command.ExecuteReaderAsync(ct).ConfigureAwait(false);
        await reader.ReadAsync(ct).ConfigureAwait(false);
        var found = new UnassignedPosition(reader.GetInt64(0), assigned, reader.IsDBNull(1)
            ? null
            : InconsistentStoreException.PositionNotAssigned(
                reader.GetInt64(1), reader.IsDBNull(2) ? default(StreamName?) : StreamName.FromStored(reader.GetString(2)),
                reader.GetInt64(3), assigned));
        await reader.EndAsync(ct).ConfigureAwait(false);
        return found;
    }

    /// <summary>
    /// Of all positions with these low 32 bits, the one nearest to the highest: no transaction stays open over 2,147,483,648 others.
    /// </summary>
    private static long After(long[] keys, long highest)
        => keys.Min(key => highest + unchecked((int)((uint)key - (uint)highest)));
}
