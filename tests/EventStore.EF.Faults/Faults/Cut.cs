using EventStore.EF.TestDatabases;

namespace EventStore.EF.Faults;

internal sealed class Cut : NetworkFault
{
    public override string Name => "cut";

    public override string Description => "The connections of one process or of all are cut, and new ones refused, for up to four seconds.";

    protected override (double Least, double Most) Seconds => (0, 4);

    protected override void Begin(FaultyProxy line) => line.GoAway();

    protected override void End(FaultyProxy line) => line.ComeBack();
}
