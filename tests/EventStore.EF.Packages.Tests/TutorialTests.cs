namespace EventStore.EF.Packages.Tests;

/// <summary>The tutorial, docs/getting-started.md, followed to the letter by a user of the packages.</summary>
public sealed class TutorialTests(PackedConsumers packed)
{
    private const string ConnectionString = "ConnectionStrings__Shop";
    private const string LastChapter = "7. Move to PostgreSQL";

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task The_tutorial_builds_without_warnings_and_prints_what_it_says()
    {
        var (chapters, last) = await ChaptersAsync();
        Assert.NotEmpty(last);

        await new Tutorial(packed, "tutorial-sqlite", Environment("")).FollowAsync(chapters);
    }

    [Fact]
    public async Task The_change_to_PostgreSQL_prints_what_it_says()
    {
        var (chapters, last) = await ChaptersAsync();
        await using var database = await PostgreSqlDatabase.CreateAsync(Ct);
        var tutorial = new Tutorial(packed, "tutorial-postgresql", Environment(database.ConnectionString));

        await tutorial.FollowAsync(chapters, runs: false);
        await tutorial.FollowAsync(last);
    }

    private static async Task<(TutorialBlock[] Chapters, TutorialBlock[] Last)> ChaptersAsync()
    {
        var blocks = await Tutorial.ReadAsync();
        return ([.. blocks.Where(block => block.Chapter != LastChapter)], [.. blocks.Where(block => block.Chapter == LastChapter)]);
    }

    private static Dictionary<string, string> Environment(string connectionString) => new()
    {
        [ConnectionString] = connectionString,
        ["DOTNET_SYSTEM_GLOBALIZATION_INVARIANT"] = "1",
    };
}
