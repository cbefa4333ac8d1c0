namespace EventStore.EF.Faults;

internal sealed class SlowMigration : MigrationFault
{
    public override string Name => "slow-migration";

    public override string Description => "A migration changes the table of events and takes up to six seconds, in which nobody gets at it.";

    protected override string Ending => "SELECT 1";
}
