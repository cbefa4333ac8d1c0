namespace EventStore.EF.PostgreSQL.Tests.StartChecks;

/// <summary>
/// The time zone of a process, and Npgsql's switches, which belong to a process too: whatever they are, times are right to the microsecond.
/// </summary>
public sealed class TimeZoneTests(PostgreSqlFixture fixture) : OwnDatabaseSpecification(fixture), IClassFixture<PostgreSqlFixture>
{
    private const string Legacy = "Npgsql.EnableLegacyTimestampBehavior";
    private const string Finite = "Npgsql.DisableDateTimeInfinityConversions";

    [Theory]
    [InlineData("Asia/Kolkata", "05:30:00")]
    [InlineData("Asia/Kolkata", "05:30:00", Legacy)]
    [InlineData("Europe/Berlin", "01:00:00", Legacy)]
    [InlineData("America/St_Johns", "-03:30:00", Legacy, Finite)]
    [InlineData("UTC", "00:00:00", Finite)]
    public async Task Times_are_right_to_the_microsecond_in_every_part_of_the_store(string zone, string offset, params string[] switches)
    {
        var program = Path.Combine(AppContext.BaseDirectory, "EventStore.EF.SubscriptionWorker.dll");
        var environment = new Dictionary<string, string> { ["TZ"] = zone };
        var result = await CommandLine.RunAsync(
            Repository.Root, "dotnet", [program, "times", Database.ConnectionString, .. switches], environment);
        result.Succeeds().Says($"zone {offset}", "done");
        Assert.DoesNotContain(result.Output.Split('\n'), line => line.StartsWith("wrong", StringComparison.Ordinal));
    }
}
