namespace EventStore.EF.Faults;

internal sealed class StopTogether : Fault
{
    public override string Name => "stop-together";

    public override string Description => "Handlers of all partitions fail at the same moment, and the subscription stops; it is resumed when they work again.";

    public override Provider Providers => Provider.Both;

    public override async Task<string> StrikeAsync(Laboratory laboratory, Random random, CancellationToken ct)
    {
        await laboratory.Troubles.LastAsync(Troubles.Stop, Between(random, 0.5, 2), ct).ConfigureAwait(false);
        await laboratory.ResumeAsync(ct).ConfigureAwait(false);
        return "resumed";
    }
}
