namespace EventStore.EF.Faults;

internal sealed class DiskFull : Fault
{
    /// <summary>Recovery needs some room of its own to come back at all.</summary>
    private const long Left = 64 * 1024;

    public override string Name => "disk-full";

    public override string Description => "The file system under the database is full for some seconds. The database lies on a small tmpfs for that.";

    public override Provider Providers => Provider.Both;

    public override bool IsAlone => true;

    public override string? Unavailable => Programs.IsRoot ? null : "mounting a file system takes root";

    public override LaboratoryOptions Require(LaboratoryOptions options) => options with { HasVolume = true };

    public override async Task<string> StrikeAsync(Laboratory laboratory, Random random, CancellationToken ct)
    {
        var volume = (laboratory as PostgreSqlLaboratory)?.Volume ?? ((SqliteLaboratory)laboratory).Volume!;
        var time = Between(random, 2, 5);
        var since = HistoryLog.Now;
        await volume.FillAsync(Left, ct).ConfigureAwait(false);
        try
        {
            await LastAsync(time, ct).ConfigureAwait(false);
        }
        finally
        {
            volume.MakeRoom();
        }

        var detail = $"for {time.TotalSeconds:0.0} s";
        if (laboratory is not PostgreSqlLaboratory { Server: var server } || await server.RunsAsync(ct).ConfigureAwait(false))
            return detail;

        // Where the write-ahead log can't be written the server ends itself, and that is right.
        await NoteCrashAsync(laboratory, since).ConfigureAwait(false);
        await server.StartAsync(ct).ConfigureAwait(false);
        return $"{detail}; the server had to be started again";
    }
}
