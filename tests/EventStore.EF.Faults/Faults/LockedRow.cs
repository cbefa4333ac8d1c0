using Npgsql;

namespace EventStore.EF.Faults;

internal sealed class LockedRow : PostgreSqlFault
{
    public override string Name => "locked-row";

    public override string Description => "Somebody locks the row of one subscription for longer than a lease.";

    public override bool IsAlone => true;

    protected override async Task<string> StrikeAsync(PostgreSqlLaboratory laboratory, Random random, CancellationToken ct)
    {
        var (name, _) = Any(random, Subscriptions.All);
        var time = laboratory.Options.Lease + Between(random, 3, 6);
        await using var connection = (NpgsqlConnection)laboratory.Connect();
        await connection.OpenAsync(ct).ConfigureAwait(false);
        await using var transaction = await connection.BeginTransactionAsync(ct).ConfigureAwait(false);
        await using (var command = new NpgsqlCommand("SELECT FROM eventstore.subscriptions WHERE name = $1 FOR UPDATE", connection, transaction) { Parameters = { new() { Value = name } } })
            await command.ExecuteNonQueryAsync(ct).ConfigureAwait(false);

        var since = HistoryLog.Now;
        await LastAsync(time, ct).ConfigureAwait(false);
        await laboratory.Log.WriteAsync(new RowLocked(HistoryLog.Now, since, name)).ConfigureAwait(false);
        await transaction.RollbackAsync(ct).ConfigureAwait(false);
        return $"of {name} for {time.TotalSeconds:0.0} s";
    }
}
