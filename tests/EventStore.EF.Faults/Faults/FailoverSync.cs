namespace EventStore.EF.Faults;

internal sealed class FailoverSync : PostgreSqlFault
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(1);

    public override string Name => "failover-sync";

    public override string Description => "A synchronous stand-by takes over from the killed primary; clients know both by a multi-host connection string. Nothing acknowledged may be missing.";

    public override bool IsAlone => true;

    public override LaboratoryOptions Require(LaboratoryOptions options) => options with { HasStandby = true };

    protected override async Task<string> StrikeAsync(PostgreSqlLaboratory laboratory, Random random, CancellationToken ct)
    {
        var primary = laboratory.Server;
        var standby = await primary.CreateStandbyAsync(laboratory.Clusters, primary.Port, laboratory.Cleanup, ct).ConfigureAwait(false);
        await primary.ExecuteAsync("ALTER SYSTEM SET synchronous_standby_names = 'standby'", ct: ct).ConfigureAwait(false);
        await primary.ExecuteAsync("SELECT pg_reload_conf()", ct: ct).ConfigureAwait(false);
        await primary.UntilAsync("SELECT EXISTS (SELECT FROM pg_stat_replication WHERE sync_state = 'sync')", Patience, ct).ConfigureAwait(false);

        // From here on an answer means that both have it.
        await LastAsync(Between(random, 1, 3), ct).ConfigureAwait(false);
        var since = HistoryLog.Now;
        await primary.CrashAsync(ct).ConfigureAwait(false);
        await NoteCrashAsync(laboratory, since).ConfigureAwait(false);
        await standby.PromoteAsync(ct).ConfigureAwait(false);
        await laboratory.MoveToOtherPlaceAsync(standby, ct).ConfigureAwait(false);
        primary.Remove();
        return $"from port {primary.Port} to {standby.Port}";
    }
}
