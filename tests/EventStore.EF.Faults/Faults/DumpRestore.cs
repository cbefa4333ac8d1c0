namespace EventStore.EF.Faults;

internal sealed class DumpRestore : PostgreSqlFault
{
    public override string Name => "dump-restore";

    public override string Description => "The server goes away, its database is dumped and restored into a fresh cluster, which takes its place while all processes go on.";

    public override bool IsAlone => true;

    protected override async Task<string> StrikeAsync(PostgreSqlLaboratory laboratory, Random random, CancellationToken ct)
    {
        var old = laboratory.Server;
        foreach (var line in laboratory.Workers.SelectMany(worker => worker.Lines))
            line.GoAway();

        await old.ExecuteAsync(
            "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity WHERE backend_type = 'client backend' AND pid <> pg_backend_pid()", ct: ct).ConfigureAwait(false);
        var dump = Path.Combine(laboratory.Clusters, "dump");
        var fresh = await old.CreateLikeThisAsync(laboratory.Clusters, laboratory.Cleanup, ct).ConfigureAwait(false);
        if (Programs.IsRoot)
            await Programs.RunAsync(["install", "-o", "postgres", "-m", "600", "/dev/null", dump], ct: ct).ConfigureAwait(false);

        await old.ClientAsync("pg_dump", ["-Fc", "-f", dump, "store"], ct).ConfigureAwait(false);
        await fresh.ClientAsync("pg_restore", ["-d", "store", "--no-owner", "--exit-on-error", dump], ct).ConfigureAwait(false);
        await old.CrashAsync(ct).ConfigureAwait(false);
        await laboratory.MoveAsync(fresh, ct).ConfigureAwait(false);
        old.Remove();
        File.Delete(dump);
        foreach (var line in laboratory.Workers.SelectMany(worker => worker.Lines))
            line.ComeBack();

        return $"from port {old.Port} to {fresh.Port}";
    }
}
