namespace EventStore.EF.Specification;

/// <summary>Reading streams that hold events of their own and linked ones.</summary>
public abstract class LinkReadingSpecification(StoreFixture fixture) : LinkSuite(fixture)
{
    private static readonly DateTimeOffset Then = new(2003, 4, 5, 6, 7, 8, TimeSpan.Zero);

    // 1 own · 2 first · 3 first (noted) · 4 own (noted) · 5 second, created long ago · 6 own · 7 first
    private static readonly int[] Numbers = [1, 2, 3, 4, 5, 6, 7];

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(7)]
    [InlineData(1_000)]
    public async Task Pages_join_without_seam_in_both_directions(int pageSize)
    {
        var stream = await MixedStreamAsync();
        await AssertReadsAsync(stream, Numbers, new() { PageSize = pageSize });
        await AssertReadsAsync(stream, [.. Numbers.Reverse()], new() { PageSize = pageSize, Direction = ReadDirection.Backward });
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public async Task Start_and_count_go_by_the_stream_s_own_numbers(int pageSize)
    {
        var stream = await MixedStreamAsync();
        for (var from = 1; from <= 8; from++)
        {
            await AssertReadsAsync(stream, [.. Numbers.Where(number => number >= from)], new() { From = from, PageSize = pageSize });
            await AssertReadsAsync(stream, [.. Numbers.Where(number => number >= from).Take(3)], new() { From = from, PageSize = pageSize, MaxCount = 3 });
            await AssertReadsAsync(stream, [.. Numbers.Where(number => number <= from).Reverse()], new() { From = from, PageSize = pageSize, Direction = ReadDirection.Backward });
            await AssertReadsAsync(
                stream, [.. Numbers.Where(number => number <= from).Reverse().Take(2)], new() { From = from, PageSize = pageSize, MaxCount = 2, Direction = ReadDirection.Backward });
        }

        await AssertReadsAsync(stream, Numbers, new() { From = 0, PageSize = pageSize });
        await AssertReadsAsync(stream, [], new() { From = 0, PageSize = pageSize, Direction = ReadDirection.Backward });
        await AssertReadsAsync(stream, [], new() { From = long.MaxValue, PageSize = pageSize });
        await AssertReadsAsync(stream, [.. Numbers.Reverse()], new() { From = long.MaxValue, PageSize = pageSize, Direction = ReadDirection.Backward });
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public async Task Filters_look_at_the_event_and_the_stream_it_was_born_in(int pageSize)
    {
        var stream = await MixedStreamAsync();
        await AssertFiltersAsync(EventFilter.Types("specification-noted"), 3, 4);
        await AssertFiltersAsync(EventFilter.Types("specification-numbered"), 1, 2, 5, 6, 7);
        await AssertFiltersAsync(EventFilter.StreamPrefix("mixed-"), 1, 4, 6);
        await AssertFiltersAsync(EventFilter.StreamPrefix("first-"), 2, 3, 7);
        await AssertFiltersAsync(EventFilter.StreamPrefix("first-").AndTypes("specification-numbered"), 2, 7);
        await AssertFiltersAsync(EventFilter.Created(null, Then.AddDays(1)), 5);
        await AssertFiltersAsync(EventFilter.Created(Then.AddDays(1), null), 1, 2, 3, 4, 6, 7);
        await AssertFiltersAsync(EventFilter.StreamPrefix("nobody-"));

        async Task AssertFiltersAsync(EventFilter filter, params int[] expected)
        {
            await AssertReadsAsync(stream, expected, new() { Filter = filter, PageSize = pageSize });
            await AssertReadsAsync(stream, [.. expected.Reverse()], new() { Filter = filter, PageSize = pageSize, Direction = ReadDirection.Backward });
            await AssertReadsAsync(stream, [.. expected.Where(number => number >= 3).Take(2)], new() { Filter = filter, PageSize = pageSize, From = 3, MaxCount = 2 });
        }
    }

    [Fact]
    public async Task A_stream_of_links_alone_is_read_by_pages()
    {
        var (source, target) = (await StreamAsync(10), NewStream());
        for (var index = 9; index >= 0; index--)
            await Events.LinkAsync(target, 9 - index, Ids(source[index]), Ct);

        Assert.Equal(Enumerable.Range(1, 10).Reverse(), await NumbersAsync(target, new() { PageSize = 3 }));
        Assert.Equal(Enumerable.Range(1, 10), await NumbersAsync(target, new() { PageSize = 3, Direction = ReadDirection.Backward }));
    }

    [Fact]
    public async Task The_stream_where_an_event_was_born_reads_as_before()
    {
        var source = await StreamAsync(3);
        await Events.LinkAsync(NewStream(), ExpectedVersion.Any, source, Ct);
        Assert.Equal(source.Select(Place), (await ReadAsync(source[0].StreamName)).Select(Place));
        Assert.Equal([1, 2, 3], (await ReadAsync(source[0].StreamName)).Select(@event => (int)@event.Number));
    }

    [Fact]
    public async Task A_missing_and_a_deleted_stream_with_links_throw()
    {
        var target = await MixedStreamAsync();
        await Database.DeleteStreamAsync(target);
        await Assert.ThrowsAsync<StreamDeletedException>(() => ReadAsync(target));
        await Assert.ThrowsAsync<StreamDeletedException>(() => ReadAsync(target, new() { Direction = ReadDirection.Backward, PageSize = 1 }));
    }

    private async Task AssertReadsAsync(StreamName stream, int[] expected, ReadOptions options)
        => Assert.Equal(expected, (await ReadAsync(stream, options)).Select(@event => (int)@event.Number));

    private async Task<StreamName> MixedStreamAsync()
    {
        var (mixed, first, second) = (NewStream("mixed"), NewStream("first"), NewStream("second"));
        NewEvent[] firsts = [new(new Numbered(1)), new(new Noted("first")), new(new Numbered(3))];
        await Events.AppendManyAsync(first, ExpectedVersion.NoStream, firsts, Ct);
        var old = Numbered(1);
        await Events.AppendManyAsync([new(second, ExpectedVersion.NoStream, old) { CreatedAt = Then }], Ct);

        await Events.AppendAsync(mixed, ExpectedVersion.NoStream, new Numbered(1), cancellationToken: Ct);
        await Events.LinkAsync(mixed, 1, [firsts[0].EventId, firsts[1].EventId], Ct);
        await Events.AppendAsync(mixed, 3, new Noted("own"), cancellationToken: Ct);
        await Events.LinkAsync(mixed, 4, [old[0].EventId], Ct);
        await Events.AppendAsync(mixed, 5, new Numbered(6), cancellationToken: Ct);
        await Events.LinkAsync(mixed, 6, [firsts[2].EventId], Ct);
        return mixed;
    }
}
