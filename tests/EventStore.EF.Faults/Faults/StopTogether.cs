using Npgsql;

namespace EventStore.EF.Faults;

internal sealed class StopTogether : Fault
{
    public override string Name => "stop-together";

    public override string Description => "Handlers of all partitions fail at the same moment, and the subscription stops, while somebody has locked its rows; it is resumed when they work again.";

    public override Provider Providers => Provider.Both;

    public override async Task<string> StrikeAsync(Laboratory laboratory, Random random, CancellationToken ct)
    {
        var detail = "resumed";
        if (laboratory is PostgreSqlLaboratory)
        {
            try
            {
                await StopLockedAsync(laboratory, random, ct).ConfigureAwait(false);
            }
            catch (NpgsqlException exception)
            {
                // The fault beside this one took the connection, and the lock with it.
                detail = $"without the lock ({exception.Message}), and resumed";
            }
        }
        else
        {
            await laboratory.Troubles.LastAsync(Troubles.Stop, Between(random, 0.5, 2), ct).ConfigureAwait(false);
        }

        await laboratory.ResumeAsync(ct).ConfigureAwait(false);
        return detail;
    }

    private static async Task StopLockedAsync(Laboratory laboratory, Random random, CancellationToken ct)
    {
        // Longer than a statement waits for a lock: the first try to record the stop fails.
        await using var connection = (NpgsqlConnection)laboratory.Connect();
        await connection.OpenAsync(ct).ConfigureAwait(false);
        await using var transaction = await connection.BeginTransactionAsync(ct).ConfigureAwait(false);
        await using var command = new NpgsqlCommand("SELECT FROM eventstore.subscriptions WHERE name = $1 ORDER BY id FOR UPDATE", connection, transaction)
        {
            Parameters = { new() { Value = Subscriptions.Stopping } },
        };
        await command.ExecuteNonQueryAsync(ct).ConfigureAwait(false);
        await laboratory.Troubles.LastAsync(Troubles.Stop, Between(random, 0.3, 0.8), ct).ConfigureAwait(false);
        await LastAsync(Between(random, 1, 1.5), ct).ConfigureAwait(false);
        await transaction.RollbackAsync(ct).ConfigureAwait(false);
    }
}
