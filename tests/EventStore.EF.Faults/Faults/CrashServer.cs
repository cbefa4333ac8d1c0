namespace EventStore.EF.Faults;

internal sealed class CrashServer : PostgreSqlFault
{
    public override string Name => "crash-server";

    public override string Description => "The server is stopped as by a crash, and started again after up to three seconds.";

    public override bool IsAlone => true;

    protected override async Task<string> StrikeAsync(PostgreSqlLaboratory laboratory, Random random, CancellationToken ct)
    {
        var time = Between(random, 0, 3);
        var since = HistoryLog.Now;
        await laboratory.Server.CrashAsync(ct).ConfigureAwait(false);
        await NoteCrashAsync(laboratory, since).ConfigureAwait(false);
        await LastAsync(time, ct).ConfigureAwait(false);
        await laboratory.Server.StartAsync(ct).ConfigureAwait(false);
        return $"for {time.TotalSeconds:0.0} s";
    }
}
