namespace EventStore.EF.Faults;

internal sealed class Conflicts : Fault
{
    public override string Name => "conflicts";

    public override string Description => "Callers in every process make conflicts in transactions of their own, and cancel hundreds of reads a second.";

    public override Provider Providers => Provider.Both;

    public override async Task<string> StrikeAsync(Laboratory laboratory, Random random, CancellationToken ct)
    {
        var seconds = random.Next(2, 6);
        foreach (var worker in laboratory.Workers)
            worker.Order($"disturb {seconds}");

        await LastAsync(TimeSpan.FromSeconds(seconds), ct).ConfigureAwait(false);
        return $"for {seconds} s";
    }
}
