using EventStore.EF.TestDatabases;

namespace EventStore.EF.Faults;

internal sealed class FailoverAsync : PostgreSqlFault
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(1);

    public override string Name => "failover-async";

    public override string Description => "An asynchronous stand-by that has fallen behind takes over: what was acknowledged meanwhile is gone, and must be reported, not skipped.";

    public override bool IsAlone => true;

    public override LaboratoryOptions Require(LaboratoryOptions options) => options with { HasStandby = true };

    protected override async Task<string> StrikeAsync(PostgreSqlLaboratory laboratory, Random random, CancellationToken ct)
    {
        var primary = laboratory.Server;
        var line = new FaultyProxy(primary.ConnectionString);
        await using (line.ConfigureAwait(false))
        {
            var standby = await primary.CreateStandbyAsync(laboratory.Clusters, line.Port, laboratory.Cleanup, ct).ConfigureAwait(false);

            // What was acknowledged before this moment is on both.
            var since = HistoryLog.Now;
            var written = await primary.ExecuteAsync("SELECT pg_current_wal_flush_lsn()::text", ct: ct).ConfigureAwait(false);
            await primary.UntilAsync($"SELECT EXISTS (SELECT FROM pg_stat_replication WHERE flush_lsn >= '{written}')", Patience, ct).ConfigureAwait(false);
            line.GoAway();
            await LastAsync(Between(random, 0.5, 2), ct).ConfigureAwait(false);
            await primary.CrashAsync(ct).ConfigureAwait(false);
            await standby.PromoteAsync(ct).ConfigureAwait(false);
            await laboratory.Log.WriteAsync(new WentBack(HistoryLog.Now, since)).ConfigureAwait(false);
            await laboratory.MoveToOtherPlaceAsync(standby, ct).ConfigureAwait(false);
            primary.Remove();
            return $"from port {primary.Port} to {standby.Port}";
        }
    }
}
