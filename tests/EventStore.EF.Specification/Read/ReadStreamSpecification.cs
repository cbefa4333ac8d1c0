namespace EventStore.EF.Specification;

/// <summary>Reading one stream.</summary>
public abstract class ReadStreamSpecification(StoreFixture fixture) : StoreSpecification(fixture)
{
    [Theory]
    [InlineData(null, new[] { 1, 2, 3, 4, 5 })]
    [InlineData(0L, new[] { 1, 2, 3, 4, 5 })]
    [InlineData(1L, new[] { 1, 2, 3, 4, 5 })]
    [InlineData(2L, new[] { 2, 3, 4, 5 })]
    [InlineData(5L, new[] { 5 })]
    [InlineData(6L, new int[0])]
    [InlineData(long.MaxValue, new int[0])]
    public async Task Forward_starts_at_the_given_version_inclusive(long? from, int[] expected)
        => await AssertReadsAsync(expected, await StreamAsync(5), new() { From = from });

    [Theory]
    [InlineData(null, new[] { 5, 4, 3, 2, 1 })]
    [InlineData(long.MaxValue, new[] { 5, 4, 3, 2, 1 })]
    [InlineData(6L, new[] { 5, 4, 3, 2, 1 })]
    [InlineData(5L, new[] { 5, 4, 3, 2, 1 })]
    [InlineData(3L, new[] { 3, 2, 1 })]
    [InlineData(1L, new[] { 1 })]
    [InlineData(0L, new int[0])]
    public async Task Backward_starts_at_the_given_version_inclusive_or_at_the_end(long? from, int[] expected)
        => await AssertReadsAsync(expected, await StreamAsync(5), new() { From = from, Direction = ReadDirection.Backward });

    [Theory]
    [InlineData(1, 1)]
    [InlineData(2, 3)]
    [InlineData(3, 3)]
    [InlineData(4, 3)]
    [InlineData(6, 3)]
    [InlineData(7, 3)]
    [InlineData(7, 1)]
    [InlineData(7, 10_000)]
    public async Task Pages_join_without_seam_in_both_directions(int events, int pageSize)
    {
        var stream = await StreamAsync(events);
        var all = Enumerable.Range(1, events).ToArray();
        await AssertReadsAsync(all, stream, new() { PageSize = pageSize });
        await AssertReadsAsync([.. all.Reverse()], stream, new() { PageSize = pageSize, Direction = ReadDirection.Backward });
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    [InlineData(6)]
    [InlineData(7)]
    [InlineData(8)]
    [InlineData(long.MaxValue)]
    public async Task No_more_than_MaxCount_events_are_read_whatever_the_page(long maxCount)
    {
        var stream = await StreamAsync(7);
        var expected = Enumerable.Range(1, 7).Take((int)Math.Min(maxCount, 7)).ToArray();
        await AssertReadsAsync(expected, stream, new() { MaxCount = maxCount, PageSize = 3 });
        await AssertReadsAsync([.. Enumerable.Range(1, 7).Reverse().Take(expected.Length)], stream, new() { MaxCount = maxCount, PageSize = 3, Direction = ReadDirection.Backward });
    }

    [Fact]
    public async Task Direction_start_and_count_work_together()
    {
        var stream = await StreamAsync(9);
        await AssertReadsAsync([3, 4, 5, 6], stream, new() { From = 3, MaxCount = 4, PageSize = 2 });
        await AssertReadsAsync([7, 6, 5, 4], stream, new() { From = 7, MaxCount = 4, PageSize = 3, Direction = ReadDirection.Backward });
    }

    [Theory]
    [InlineData(ReadDirection.Forward)]
    [InlineData(ReadDirection.Backward)]
    public async Task A_missing_stream_throws(ReadDirection direction)
    {
        var stream = NewStream();
        var exception = await Assert.ThrowsAsync<StreamNotFoundException>(() => ReadAsync(stream, new() { Direction = direction }));
        Assert.Equal(stream, exception.Stream);
        Assert.Contains(stream.Value, exception.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(ReadDirection.Forward)]
    [InlineData(ReadDirection.Backward)]
    public async Task A_deleted_stream_throws(ReadDirection direction)
    {
        var stream = await StreamAsync(3);
        await Database.DeleteStreamAsync(stream);
        var exception = await Assert.ThrowsAsync<StreamDeletedException>(() => ReadAsync(stream, new() { Direction = direction }));
        Assert.Equal(stream, exception.Stream);
    }

    [Theory]
    [InlineData(ReadDirection.Forward)]
    [InlineData(ReadDirection.Backward)]
    public async Task A_stream_without_events_reads_as_empty(ReadDirection direction)
    {
        var stream = NewStream();
        await Database.ExecuteAsync($"INSERT INTO {{streams}} (name, version) VALUES ('{stream}', 0)");
        Assert.Empty(await ReadAsync(stream, new() { Direction = direction }));
    }

    [Fact]
    public async Task The_last_event_of_a_stream_is_none_where_there_is_no_event()
    {
        var stream = await StreamAsync(5);
        Assert.Equal((5, 5), (await Events.ReadLastAsync(stream, Ct)) is { } last ? (last.StreamVersion, last.As<Numbered>().Number) : default);
        Assert.Null(await Events.ReadLastAsync(NewStream(), Ct));
        await Events.Streams.TruncateAsync(stream, 6, Ct);
        Assert.Null(await Events.ReadLastAsync(stream, Ct));
        await Events.Streams.DeleteAsync(stream, ExpectedVersion.Any, Ct);
        await Assert.ThrowsAsync<StreamDeletedException>(() => Events.ReadLastAsync(stream, Ct));
        await Assert.ThrowsAsync<ArgumentException>(() => Events.ReadLastAsync(default, Ct));
    }

    [Fact]
    public async Task A_filter_by_type_leaves_out_the_others_across_pages()
    {
        var stream = await MixedStreamAsync();
        var filter = EventFilter.Types("specification-noted");
        Assert.Equal([3, 6, 9, 12], Versions(await ReadAsync(stream, new() { Filter = filter, PageSize = 2 })));
        Assert.Equal([12, 9], Versions(await ReadAsync(stream, new() { Filter = filter, PageSize = 1, MaxCount = 2, Direction = ReadDirection.Backward })));
        Assert.Equal([6, 9], Versions(await ReadAsync(stream, new() { Filter = filter, From = 4, MaxCount = 2 })));
        Assert.Equal(12, (await ReadAsync(stream, new() { Filter = EventFilter.Types("specification-noted", "specification-numbered"), PageSize = 5 })).Count);
    }

    [Fact]
    public async Task A_filter_that_nothing_passes_reads_as_empty()
    {
        var stream = await MixedStreamAsync();
        Assert.Empty(await ReadAsync(stream, new() { Filter = EventFilter.Types("no-such-type") }));
        Assert.Empty(await ReadAsync(stream, new() { Filter = EventFilter.StreamPrefix("another-") }));
        Assert.Equal(12, (await ReadAsync(stream, new() { Filter = EventFilter.StreamPrefix("stream-") })).Count);
    }

    [Fact]
    public async Task An_event_knows_its_place()
    {
        var stream = await StreamAsync(2);
        var @event = (await ReadAsync(stream))[1];
        Assert.Equal((stream, 2, 2), (@event.StreamName, @event.StreamVersion, @event.Number));
        Assert.True(@event.Position > 0);
    }

    [Fact]
    public async Task Reading_can_be_cancelled_between_pages()
    {
        var stream = await StreamAsync(10);
        using var cancelling = CancellationTokenSource.CreateLinkedTokenSource(Ct);
        var seen = 0;
        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () =>
        {
            await foreach (var @event in Events.ReadStreamAsync(stream, new() { PageSize = 2 }, cancelling.Token))
            {
                if (++seen == 4)
                    await cancelling.CancelAsync();
            }
        });
        Assert.Equal(4, seen);
    }

    [Fact]
    public async Task A_reading_that_is_left_early_leaves_nothing_behind()
    {
        var stream = await StreamAsync(50);
        for (var round = 0; round < 200; round++)
        {
            await foreach (var @event in Events.ReadStreamAsync(stream, new() { PageSize = 2 }, Ct))
                break;
        }

        await AssertNumbersAsync(stream, [.. Enumerable.Range(1, 50)]);
    }

    private static IEnumerable<int> Versions(IEnumerable<RecordedEvent> events) => events.Select(@event => (int)@event.StreamVersion);

    private async Task AssertReadsAsync(int[] expected, StreamName stream, ReadOptions options)
        => Assert.Equal(expected, await NumbersAsync(stream, options));

    private async Task<StreamName> StreamAsync(int events)
    {
        var stream = NewStream();
        await Events.AppendManyAsync(stream, ExpectedVersion.NoStream, Numbered(events), Ct);
        return stream;
    }

    private async Task<StreamName> MixedStreamAsync()
    {
        var stream = NewStream();
        await Events.AppendManyAsync(
            stream, ExpectedVersion.NoStream,
            [.. Enumerable.Range(1, 12).Select(number => new NewEvent(number % 3 == 0 ? new Noted($"{number}") : new Numbered(number)))], Ct);
        return stream;
    }
}
