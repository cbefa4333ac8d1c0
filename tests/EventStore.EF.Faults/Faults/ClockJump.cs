namespace EventStore.EF.Faults;

internal sealed class ClockJump : Fault
{
    public override string Name => "clock-jump";

    public override string Description => "The clock of one process jumps by seconds or hours, forwards or backwards.";

    public override Provider Providers => Provider.Both;

    public override Task<string> StrikeAsync(Laboratory laboratory, Random random, CancellationToken ct)
    {
        var victim = Any(random, laboratory.Workers);
        var seconds = Any(random, [-86_400, -60, -5, 2, 10, 3_600, 86_400]);
        victim.Order($"clock {seconds}");
        return Task.FromResult($"{victim.Settings.Name} by {seconds:+0;-0} s");
    }
}
