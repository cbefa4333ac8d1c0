using EventStore.EF.TestDatabases;

namespace EventStore.EF.Faults;

/// <summary>A fault of the network between the server and one process, or all of them.</summary>
internal abstract class NetworkFault : PostgreSqlFault
{
    protected abstract (double Least, double Most) Seconds { get; }

    protected abstract void Begin(FaultyProxy line);

    protected abstract void End(FaultyProxy line);

    protected sealed override async Task<string> StrikeAsync(PostgreSqlLaboratory laboratory, Random random, CancellationToken ct)
    {
        WorkerProcess[] victims = random.Next(3) == 0 ? [.. laboratory.Workers] : [Any(random, laboratory.Workers)];
        var time = Between(random, Seconds.Least, Seconds.Most);
        var lines = victims.SelectMany(victim => victim.Lines).ToArray();
        foreach (var line in lines)
            Begin(line);

        try
        {
            await LastAsync(time, ct).ConfigureAwait(false);
        }
        finally
        {
            foreach (var line in lines)
                End(line);
        }

        return $"{(victims.Length == 1 ? victims[0].Settings.Name : "all")} for {time.TotalSeconds:0.0} s";
    }
}
