using System.Globalization;

namespace EventStore.EF.Faults;

internal sealed class KillBackend : PostgreSqlFault
{
    public override string Name => "kill-backend";

    public override string Description => "SIGKILL of one of the server's backends, upon which the server throws out everybody and recovers.";

    /// <summary>The server throws out everybody, another fault's own connection too.</summary>
    public override bool IsAlone => true;

    protected override async Task<string> StrikeAsync(PostgreSqlLaboratory laboratory, Random random, CancellationToken ct)
    {
        var found = await laboratory.Server.ExecuteAsync(
            "SELECT pid FROM pg_stat_activity WHERE backend_type = 'client backend' AND datname = 'store' AND pid <> pg_backend_pid() ORDER BY random() LIMIT 1", ct: ct).ConfigureAwait(false);
        if (found is null)
            return "nobody was connected";

        var since = HistoryLog.Now;
        PosixSignal.Kill(Convert.ToInt32(found, CultureInfo.InvariantCulture));
        await NoteCrashAsync(laboratory, since).ConfigureAwait(false);
        return $"process {found}";
    }
}
