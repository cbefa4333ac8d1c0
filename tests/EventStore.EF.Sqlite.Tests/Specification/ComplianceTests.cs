namespace EventStore.EF.Sqlite.Tests.Specification;

public sealed class ComplianceTests
{
    [Fact]
    public void Every_suite_of_the_specification_runs_on_this_database()
        => Compliance.AssertDerivesEverySuite(typeof(ComplianceTests).Assembly);
}
