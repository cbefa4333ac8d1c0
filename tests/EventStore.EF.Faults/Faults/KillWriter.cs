namespace EventStore.EF.Faults;

internal sealed class KillWriter : KillFault
{
    public override string Name => "kill-writer";

    public override string Description => "SIGKILL of a writer at a labelled point of append or commit: before, while and after the server or SQLite works.";

    protected override IReadOnlyList<KillPoint> Points(Provider provider) => KillPoint.OfWriters(provider);

    protected override IReadOnlyList<WorkerProcess> Victims(Laboratory laboratory) => laboratory.Writers;
}
