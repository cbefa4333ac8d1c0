namespace EventStore.EF.Faults;

internal sealed class PgBouncerCrash : PostgreSqlFault
{
    public override string Name => "pgbouncer";

    public override string Description => "A writer and a subscriber work through PgBouncer in transaction mode, which is killed and started again.";

    public override string? Unavailable => PgBouncer.IsInstalled ? null : "there is no pgbouncer on PATH; install the package 'pgbouncer'";

    public override LaboratoryOptions Require(LaboratoryOptions options) => options with { HasPgBouncer = true };

    protected override async Task<string> StrikeAsync(PostgreSqlLaboratory laboratory, Random random, CancellationToken ct)
    {
        await laboratory.PgBouncer!.CrashAsync(ct).ConfigureAwait(false);
        return "restarted";
    }
}
