namespace EventStore.EF.Faults;

internal sealed class LoseListen : PostgreSqlFault
{
    public override string Name => "lose-listen";

    public override string Description => "The connections that listen for notifications are ended, and no others.";

    protected override async Task<string> StrikeAsync(PostgreSqlLaboratory laboratory, Random random, CancellationToken ct)
    {
        var count = await laboratory.Server.ExecuteAsync(
            "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity WHERE query ILIKE 'LISTEN %' AND pid <> pg_backend_pid()", ct: ct).ConfigureAwait(false);
        return $"{count} connections";
    }
}
