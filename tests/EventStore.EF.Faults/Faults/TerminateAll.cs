namespace EventStore.EF.Faults;

internal sealed class TerminateAll : PostgreSqlFault
{
    public override string Name => "terminate-all";

    public override string Description => "pg_terminate_backend of every connection.";

    protected override async Task<string> StrikeAsync(PostgreSqlLaboratory laboratory, Random random, CancellationToken ct)
    {
        var count = await laboratory.Server.ExecuteAsync(
            $"SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity WHERE backend_type = 'client backend' AND application_name <> '{Cluster.OwnName}'", ct: ct).ConfigureAwait(false);
        return $"{count} connections";
    }
}
