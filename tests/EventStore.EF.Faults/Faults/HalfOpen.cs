using EventStore.EF.TestDatabases;

namespace EventStore.EF.Faults;

internal sealed class HalfOpen : NetworkFault
{
    public override string Name => "half-open";

    public override string Description => "Nothing gets through any more, in either direction, and nobody is told; only new connections work afterwards.";

    protected override (double Least, double Most) Seconds => (0.5, 7);

    protected override void Begin(FaultyProxy line) => line.FallSilent();

    protected override void End(FaultyProxy line) => line.ComeBack();
}
