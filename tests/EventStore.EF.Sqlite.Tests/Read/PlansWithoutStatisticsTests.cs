using EventStore.EF.Sqlite.Read;
using EventStore.EF.Storage;

namespace EventStore.EF.Sqlite.Tests.Read;

/// <summary>
/// SQLite plans each statement anew, from statistics that nobody gathers unless asked. Whatever a page's filter is, the page is found by an
/// index and in its order: nothing is scanned or sorted that grows with the store.
/// </summary>
public sealed class PlansWithoutStatisticsTests(SqliteFixture fixture) : OwnDatabaseSpecification(fixture), IClassFixture<SqliteFixture>
{
    private static readonly Dictionary<string, EventFilter> Filters = new(StringComparer.Ordinal)
    {
        ["none"] = EventFilter.All,
        ["a type"] = EventFilter.Types("common"),
        ["types"] = EventFilter.Types("common", "other"),
        ["a prefix"] = EventFilter.StreamPrefix("order-"),
        ["times"] = EventFilter.Created(DateTimeOffset.UnixEpoch, DateTimeOffset.MaxValue),
        ["everything"] = EventFilter.StreamPrefix("order-").AndTypes("common").AndCreated(DateTimeOffset.UnixEpoch, null),
    };

    public static TheoryData<string, ReadDirection> Cases
        => new(from filter in Filters.Keys from direction in Enum.GetValues<ReadDirection>() select (filter, direction));

    [Theory]
    [MemberData(nameof(Cases))]
    public async Task A_page_is_found_by_an_index_and_in_its_order(string filter, ReadDirection direction)
    {
        await Events.AppendManyAsync("order-1", ExpectedVersion.NoStream, Numbered(3), Ct);
        var statements = new PageStatements(new("eventstore"));
        var stream = new StreamPageQuery("order-1", direction, 1, 100, Filters[filter]);

        await AssertAsync(statements.All(new(direction, 1, 100, Filters[filter])));
        await AssertAsync(statements.Stream(stream));
        await AssertAsync(statements.StreamWithLinks(stream));
    }

    private async Task AssertAsync(string sql)
    {
        await using var connection = await Database.OpenAsync();
        await using var command = connection.CreateCommand();
        command.CommandText = $"EXPLAIN QUERY PLAN {sql}";
        await using var reader = await command.ExecuteReaderAsync(Ct);
        var steps = new List<string>();
        while (await reader.ReadAsync(Ct))
            steps.Add(reader.GetString(3));

        // What is called n is one page.
        Assert.Contains(steps, step => step.StartsWith("SEARCH", StringComparison.Ordinal));
        Assert.DoesNotContain(steps, step => step.StartsWith("SCAN", StringComparison.Ordinal) && !step.StartsWith("SCAN n", StringComparison.Ordinal));
        Assert.DoesNotContain(steps, step => step.Contains("TEMP B-TREE", StringComparison.Ordinal));
    }
}
