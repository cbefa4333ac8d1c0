namespace EventStore.EF.Faults;

internal sealed class OddErrors : Fault
{
    public override string Name => "odd-errors";

    public override string Description => "Handlers throw exceptions with texts that nothing can store; what they park is replayed afterwards.";

    public override Provider Providers => Provider.Both;

    public override async Task<string> StrikeAsync(Laboratory laboratory, Random random, CancellationToken ct)
    {
        await laboratory.Troubles.LastAsync(Troubles.Odd, Between(random, 1, 3), ct).ConfigureAwait(false);
        return $"{await laboratory.ReplayParkedAsync(ct).ConfigureAwait(false)} parked events are replayed";
    }
}
