namespace EventStore.EF.Packages.Tests;

/// <summary>A program that is trimmed, and one that is compiled ahead of time. One publish serves both databases.</summary>
public sealed class TrimmedTests(PackedConsumers packed)
{
    private const string Trimmed = "Trimmed";

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_program_that_is_trimmed_in_part_runs_on_both_databases()
    {
        (await packed.RunAsync(Trimmed, "dotnet", "publish", "--nologo", "--output", "trimmed")).Succeeds();
        await AssertRunsAsync("sqlite", $"Data Source={Path.Combine(packed.FolderOf(Trimmed), "shop.db")}");
        await using var database = await PostgreSqlDatabase.CreateAsync(Ct);
        await AssertRunsAsync("postgresql", database.ConnectionString);
    }

    [Fact]
    public async Task Native_AOT_is_refused_when_the_program_is_built()
        => (await packed.BuildAsync(Trimmed, "-p:PublishAot=true", "--output", "native", "-p:IntermediateOutputPath=obj/native/")).Fails(
            "error ESEF7001", "TrimMode=partial");

    private async Task AssertRunsAsync(string provider, string connectionString)
    {
        var program = Path.Combine(packed.FolderOf(Trimmed), "trimmed", Trimmed);
        (await packed.RunAsync(Trimmed, program, provider, connectionString)).Succeeds().Says(
            "read 1 order-placed a", "total 2.50", "stream order-1 at 1", "LINQ 1", "subscription order-letters is Running", "letter to Ada");
    }
}
