using EventStore.EF.PostgreSQL.Tests.Security;
using Microsoft.Extensions.DependencyInjection;

namespace EventStore.EF.PostgreSQL.Tests.Operations;

/// <summary>What a role may not see could not be checked, and is never said to be fine.</summary>
public sealed class ReportRightsTests(PostgreSqlFixture fixture) : RoleSuite(fixture)
{
    [Fact]
    public async Task A_reader_sees_everything_in_a_report()
    {
        await Events.AppendManyAsync(NewStream(), ExpectedVersion.NoStream, Numbered(3), Ct);
        await using var store = As("reader");
        var report = await ReportAsync(store);
        Assert.All(report.Checks.Where(check => check.Id != "D14"), check => Assert.True(check.Severity is CheckSeverity.Passed, check.ToString()));
    }

    [Fact]
    public async Task What_a_role_has_no_right_to_see_could_not_be_checked()
    {
        await ExecuteAsync($"REVOKE ALL ON ALL TABLES IN SCHEMA eventstore FROM {Prefix}_reader; REVOKE ALL ON SCHEMA eventstore FROM {Prefix}_reader");
        await using var store = As("reader");
        var report = await ReportAsync(store);
        Assert.Equal(SchemaState.Unknown, report.Schema.State);
        Assert.Equal((null, null, null), (report.Subscriptions, report.Head, report.Store));
        foreach (var id in (string[])["D01", "D02", "D03", "D05", "D06", "D07", "D08", "D09", "D19"])
        {
            var check = Assert.Single(report.Checks, check => check.Id == id);
            Assert.Equal(CheckSeverity.Unknown, check.Severity);
            Assert.StartsWith("Could not check: ", check.Evidence, StringComparison.Ordinal);
            Assert.Contains("permission denied", check.Evidence, StringComparison.Ordinal);
        }
    }

    private static Task<StoreReport> ReportAsync(TestStore store)
        => store.Host.Services.GetRequiredService<IEventStoreOperations>().GetReportAsync(Ct);
}
