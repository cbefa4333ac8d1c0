using EventStore.EF.TestDatabases;

namespace EventStore.EF.Faults;

internal sealed class Delay : NetworkFault
{
    private static readonly TimeSpan Latency = TimeSpan.FromMilliseconds(150);

    public override string Name => "delay";

    public override string Description => "Every packet of one process or of all takes 150 ms each way, for some seconds.";

    protected override (double Least, double Most) Seconds => (1, 5);

    protected override void Begin(FaultyProxy line) => line.Delay = Latency;

    protected override void End(FaultyProxy line) => line.Delay = TimeSpan.Zero;
}
