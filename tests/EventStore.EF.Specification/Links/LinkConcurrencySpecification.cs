namespace EventStore.EF.Specification;

/// <summary>Linking many times at once, and against those who append and remove.</summary>
public abstract class LinkConcurrencySpecification(StoreFixture fixture) : LinkSuite(fixture)
{
    private const int Calls = 24;

    [Fact]
    public async Task The_same_call_many_times_at_once_links_once()
    {
        for (var round = 0; round < 5; round++)
        {
            var (source, target) = (await StreamAsync(3), NewStream());
            var outcomes = await AtOnceAsync(Calls, _ => Events.LinkAsync(target, ExpectedVersion.NoStream, source, Ct));
            Assert.All(outcomes, outcome => Assert.Null(outcome.Exception));
            Assert.Equal(3, Assert.Single(outcomes.Select(outcome => outcome.Result).Distinct()).StreamVersion);
            await AssertNumbersAsync(target, 1, 2, 3);
        }
    }

    [Fact]
    public async Task Of_calls_that_share_an_event_exactly_one_links_it()
    {
        var (source, target) = (await StreamAsync(Calls + 1), NewStream());
        var outcomes = await AtOnceAsync(Calls, index => Events.LinkAsync(target, ExpectedVersion.Any, Ids(source[index + 1], source[0]), Ct));
        Assert.Single(outcomes, outcome => outcome.Exception is null);
        Assert.All(
            outcomes.Where(outcome => outcome.Exception is not null),
            outcome => Assert.Equal(source[0].EventId, Assert.IsType<DuplicateEventException>(outcome.Exception).EventId));
        Assert.Equal(2, (await ReadAsync(target)).Count);
    }

    [Fact]
    public async Task Links_and_appends_to_one_stream_at_once_all_succeed_and_are_numbered_without_gaps()
    {
        for (var round = 0; round < 3; round++)
        {
            var (source, target) = (await StreamAsync(Calls), NewStream());
            var outcomes = await AtOnceAsync(2 * Calls, index => index % 2 == 0
                ? Events.LinkAsync(target, ExpectedVersion.Any, Ids(source[index / 2]), Ct)
                : Events.AppendAsync(target, ExpectedVersion.Any, new Numbered(100 + index), cancellationToken: Ct));
            Assert.All(outcomes, outcome => Assert.Null(outcome.Exception));
            Assert.Equal(Enumerable.Range(1, 2 * Calls), outcomes.Select(outcome => (int)outcome.Result.StreamVersion).Order());
            var read = await ReadAsync(target, new() { PageSize = 5 });
            Assert.Equal(Enumerable.Range(1, 2 * Calls), read.Select(@event => (int)@event.Number));
            foreach (var (result, _) in outcomes)
                Assert.Equal(result.LastPosition, read[(int)result.StreamVersion - 1].Position);
        }
    }

    [Fact]
    public async Task Exactly_one_of_many_calls_that_expect_the_same_version_wins()
    {
        var (source, target) = (await StreamAsync(Calls), NewStream());
        var outcomes = await AtOnceAsync(Calls, index => Events.LinkAsync(target, ExpectedVersion.NoStream, Ids(source[index]), Ct));
        Assert.Single(outcomes, outcome => outcome.Exception is null);
        Assert.All(outcomes.Where(outcome => outcome.Exception is not null), outcome => Assert.IsType<WrongExpectedVersionException>(outcome.Exception));
        Assert.Single(await ReadAsync(target));
    }

    [Fact]
    public async Task A_link_raced_against_the_removal_of_its_event_is_refused_or_removed_with_it()
    {
        await using var store = Fixture.CreateStore(Database, builder => builder.Configure(options => options.AllowHardDelete = true));
        for (var round = 0; round < 20; round++)
        {
            var (source, other, target) = (await StreamAsync(2), await StreamAsync(1), NewStream());
            var outcomes = await AtOnceAsync(2, async index =>
            {
                if (index == 0)
                    return await store.Events.LinkAsync(target, ExpectedVersion.Any, Ids(other[0], source[1]), Ct);

                await store.Events.Streams.HardDeleteAsync(source[0].StreamName, 2, Ct);
                return default;
            });

            Assert.Null(outcomes[1].Exception);
            await Assert.ThrowsAsync<StreamNotFoundException>(() => ReadAsync(source[0].StreamName));
            if (outcomes[0].Exception is null)
            {
                Assert.Equal(2, outcomes[0].Result.StreamVersion);
                Assert.Equal(other[0].EventId, Assert.Single(await ReadAsync(target)).EventId);
            }
            else
            {
                Assert.Equal(source[1].EventId, Assert.IsType<EventNotFoundException>(outcomes[0].Exception).EventId);
                await Assert.ThrowsAsync<StreamNotFoundException>(() => ReadAsync(target));
            }
        }

        Assert.Equal(0, await Database.ScalarAsync<long>("SELECT count(*) FROM {stream_links} l WHERE NOT EXISTS (SELECT 1 FROM {events} e WHERE e.position = l.position)"));
    }
}
