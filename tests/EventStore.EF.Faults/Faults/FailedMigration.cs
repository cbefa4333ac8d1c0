namespace EventStore.EF.Faults;

internal sealed class FailedMigration : MigrationFault
{
    public override string Name => "failed-migration";

    public override string Description => "The same, and it fails in the end and is rolled back.";

    protected override string Ending => "SELECT 1 / 0";
}
