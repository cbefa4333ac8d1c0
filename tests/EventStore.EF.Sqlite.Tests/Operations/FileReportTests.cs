using Microsoft.Extensions.DependencyInjection;

namespace EventStore.EF.Sqlite.Tests.Operations;

/// <summary>What is wrong with a file is found, with what to do.</summary>
public sealed class FileReportTests(SqliteFixture fixture) : OwnDatabaseSpecification(fixture), IClassFixture<SqliteFixture>
{
    [Theory]
    [InlineData("D10", "eventstore_events_are_not_updated", "DROP TRIGGER eventstore_events_are_not_updated")]
    [InlineData("D10", "ix_eventstore_parked_events_key", "DROP INDEX ix_eventstore_parked_events_key")]
    public async Task What_somebody_has_broken_is_found(string id, string evidence, string sql)
    {
        await Events.AppendManyAsync(NewStream(), ExpectedVersion.NoStream, Numbered(3), Ct);
        await Database.ExecuteAsync(sql);

        var report = await Store.Host.Services.GetRequiredService<IEventStoreOperations>().GetReportAsync(Ct);
        var check = Assert.Single(report.Checks, check => check.Id == id);
        Assert.Equal(CheckSeverity.Error, check.Severity);
        Assert.Contains(evidence, check.Evidence, StringComparison.Ordinal);
    }
}
