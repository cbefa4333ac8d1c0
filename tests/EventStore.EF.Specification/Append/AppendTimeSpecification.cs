namespace EventStore.EF.Specification;

/// <summary>The time of an append, overridden for the import of old data.</summary>
public abstract class AppendTimeSpecification(StoreFixture fixture) : StoreSpecification(fixture)
{
    private static readonly DateTimeOffset Then = new(1999, 12, 31, 23, 59, 58, 765, TimeSpan.FromHours(5));

    [Fact]
    public async Task A_given_time_is_that_of_the_events_and_of_a_stream_they_create()
    {
        var stream = NewStream();
        await Events.AppendManyAsync([new(stream, ExpectedVersion.NoStream, Numbered(3)) { CreatedAt = Then }], Ct);
        Assert.All(await ReadAsync(stream), @event => Assert.Equal((Then, TimeSpan.Zero), (@event.CreatedAt, @event.CreatedAt.Offset)));
        Assert.Equal(Then, (await Events.Streams.GetAsync(stream, Ct))!.CreatedAt);
    }

    [Fact]
    public async Task A_stream_that_exists_keeps_its_own_time()
    {
        var stream = NewStream();
        await Events.AppendAsync(stream, ExpectedVersion.NoStream, new Numbered(1), ct: Ct);
        var before = (await Events.Streams.GetAsync(stream, Ct))!.CreatedAt;
        await Events.AppendManyAsync([new(stream, 1, Numbered(1)) { CreatedAt = Then }], Ct);
        Assert.Equal(before, (await Events.Streams.GetAsync(stream, Ct))!.CreatedAt);
        Assert.Equal(Then, (await ReadAsync(stream))[1].CreatedAt);
    }

    [Fact]
    public async Task Each_stream_of_a_call_has_a_time_of_its_own()
    {
        var (old, older, now) = (NewStream(), NewStream(), NewStream());
        await Events.AppendManyAsync(
            [new(old, ExpectedVersion.Any, Numbered(1)) { CreatedAt = Then }, new(now, ExpectedVersion.Any, Numbered(1)), new(older, ExpectedVersion.Any, Numbered(1)) { CreatedAt = Then.AddYears(-1) }], Ct);
        Assert.Equal(Then, Assert.Single(await ReadAsync(old)).CreatedAt);
        Assert.Equal(Then.AddYears(-1), Assert.Single(await ReadAsync(older)).CreatedAt);
        Assert.True(Assert.Single(await ReadAsync(now)).CreatedAt > Then.AddYears(20));
    }

    [Fact]
    public async Task Many_appends_at_once_keep_the_time_that_each_was_given()
    {
        var streams = Enumerable.Range(0, 32).Select(_ => NewStream()).ToArray();
        var outcomes = await AtOnceAsync(streams.Length, index => Events.AppendManyAsync(
            [new(streams[index], ExpectedVersion.Any, Numbered(2)) { CreatedAt = index % 2 == 0 ? Then.AddDays(index) : null }], Ct));
        Assert.All(outcomes, outcome => Assert.Null(outcome.Exception));
        for (var index = 0; index < streams.Length; index++)
        {
            var given = Then.AddDays(index);
            Assert.All(await ReadAsync(streams[index]), @event => Assert.Equal(index % 2 == 0, @event.CreatedAt == given));
        }
    }

    [Fact]
    public async Task A_filter_by_time_finds_events_by_the_time_that_was_given()
    {
        var stream = NewStream();
        await Events.AppendManyAsync([new(stream, ExpectedVersion.Any, Numbered(1)) { CreatedAt = Then }], Ct);
        await Events.AppendManyAsync([new(stream, ExpectedVersion.Any, Numbered(1, first: 2))], Ct);
        await AssertFiltersAsync(EventFilter.Created(null, Then.AddMilliseconds(1)), 1);
        await AssertFiltersAsync(EventFilter.Created(Then.AddMilliseconds(1), null), 2);

        async Task AssertFiltersAsync(EventFilter filter, params int[] expected) => Assert.Equal(expected, await NumbersAsync(stream, new() { Filter = filter }));
    }
}
