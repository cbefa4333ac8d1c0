namespace EventStore.EF.Faults;

internal sealed class PausePastLease : Fault
{
    public override string Name => "pause-past-lease";

    public override string Description => "SIGSTOP of a process with subscriptions until others have taken over; then it goes on as if nothing had been.";

    public override Provider Providers => Provider.Both;

    public override async Task<string> StrikeAsync(Laboratory laboratory, Random random, CancellationToken ct)
    {
        var victim = Any(random, laboratory.Subscribers);
        var time = laboratory.Options.Lease + Between(random, 0.2, 3);
        victim.Pause();
        try
        {
            await LastAsync(time, ct).ConfigureAwait(false);
        }
        finally
        {
            victim.Continue();
        }

        return $"{victim.Settings.Name} for {time.TotalSeconds:0.0} s";
    }
}
