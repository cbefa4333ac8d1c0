namespace EventStore.EF.Specification;

/// <summary>Defects of appending in the system that this one re-implements; none may come back. They are numbered as there.</summary>
public abstract class AppendDefectsSpecification(StoreFixture fixture) : StoreSpecification(fixture)
{
    [Fact]
    public async Task Defect_17_StreamExists_is_no_version_check_however_many_append_at_once()
    {
        const int appends = 60;
        var stream = NewStream();
        await Events.AppendAsync(stream, ExpectedVersion.NoStream, new Numbered(-1), cancellationToken: Ct);
        await using var second = Fixture.CreateStore(Database);
        IEventStore[] stores = [Events, second.Events];
        var outcomes = await AtOnceAsync(appends, async index => index % 5 == 0
            ? (await stores[index % 2].AppendManyAsync(
                [new(stream, ExpectedVersion.StreamExists, Numbered(1, first: index)), new(NewStream(), ExpectedVersion.Any, Numbered(1))], Ct))[0]
            : await stores[index % 2].AppendAsync(stream, ExpectedVersion.StreamExists, new Numbered(index), cancellationToken: Ct));

        Assert.All(outcomes, outcome => Assert.Null(outcome.Exception));
        Assert.Equal(Enumerable.Range(2, appends), outcomes.Select(outcome => (int)outcome.Result.StreamVersion).Order());
        Assert.Equal(Enumerable.Range(-1, appends + 1), (await NumbersAsync(stream)).Order());
    }

    [Fact]
    public async Task Defect_21_every_way_to_append_returns_the_positions_it_wrote()
    {
        var (alone, together, links) = (NewStream(), NewStream(), NewStream());
        await AssertPositionsAsync(alone, await Events.AppendAsync(alone, ExpectedVersion.Any, new Numbered(1), cancellationToken: Ct), 1, 1);
        await AssertPositionsAsync(alone, await Events.AppendManyAsync(alone, ExpectedVersion.Any, Numbered(3), Ct), 2, 4);
        var results = await Events.AppendManyAsync([new(together, ExpectedVersion.Any, Numbered(2)), new(alone, 4, Numbered(3))], Ct);
        await AssertPositionsAsync(together, results[0], 1, 2);
        await AssertPositionsAsync(alone, results[1], 5, 7);
        await AssertPositionsAsync(links, await Events.LinkAsync(links, ExpectedVersion.NoStream, await ReadAsync(together), Ct), 1, 2);
    }

    [Fact]
    public async Task Defect_21_many_appends_at_once_each_return_the_positions_they_wrote()
    {
        var streams = Enumerable.Range(0, 4).Select(_ => NewStream()).ToArray();
        var outcomes = await AtOnceAsync(40, index => Events.AppendManyAsync(streams[index % 4], ExpectedVersion.Any, Numbered(1 + (index % 3), first: index * 10), Ct));
        for (var index = 0; index < outcomes.Length; index++)
        {
            var (result, exception) = outcomes[index];
            Assert.Null(exception);
            var count = 1 + (index % 3);
            await AssertPositionsAsync(streams[index % 4], result, result.StreamVersion - count + 1, result.StreamVersion);
            Assert.Equal(Enumerable.Range(index * 10, count), await NumbersAsync(streams[index % 4], new() { From = result.StreamVersion - count + 1, MaxCount = count }));
        }
    }

    private async Task AssertPositionsAsync(StreamName stream, AppendResult result, long first, long last)
    {
        var events = await ReadAsync(stream, new() { From = first, MaxCount = last - first + 1 });
        Assert.Equal(new(last, events[0].Position, events[^1].Position), result);
    }
}
