namespace EventStore.EF.Faults;

internal sealed class DeadlyEvent : Fault
{
    /// <summary>Each end of the process costs a lease and a start.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20 * (Subscriptions.Attempts + 1));

    public override string Name => "deadly-event";

    public override string Description => "One event ends each process whose handler is given it, until it is parked; then it is replayed.";

    public override Provider Providers => Provider.Both;

    public override bool IsAlone => true;

    public override bool IsLong => true;

    public override async Task<string> StrikeAsync(Laboratory laboratory, Random random, CancellationToken ct)
    {
        var before = laboratory.Subscribers.Sum(subscriber => subscriber.Starts);
        laboratory.Troubles.Begin(Troubles.Deadly);
        try
        {
            if (!await laboratory.IsParkedAsync(laboratory.Troubles.DeadlyEvent, Patience, ct).ConfigureAwait(false))
            {
                await laboratory.Log.WriteAsync(new Misbehaved(
                    HistoryLog.Now, Subscriptions.Troubled,
                    $"{laboratory.Troubles.DeadlyEvent()} ends every process that handles it, and was not parked within {Patience.TotalSeconds} s")).ConfigureAwait(false);
            }
        }
        finally
        {
            laboratory.Troubles.End(Troubles.Deadly);
        }

        await laboratory.ReplayParkedAsync(ct).ConfigureAwait(false);
        return $"{laboratory.Subscribers.Sum(subscriber => subscriber.Starts) - before} processes ended";
    }
}
