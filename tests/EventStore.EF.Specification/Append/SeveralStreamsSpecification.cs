namespace EventStore.EF.Specification;

/// <summary>One call that appends to several streams: all of it or nothing.</summary>
public abstract class SeveralStreamsSpecification(StoreFixture fixture) : StoreSpecification(fixture)
{
    [Fact]
    public async Task Every_stream_is_written_and_the_results_come_in_the_order_of_the_call()
    {
        var id = Guid.NewGuid();
        StreamName last = $"z-{id}", first = $"a-{id}", middle = $"m-{id}";
        await Events.AppendManyAsync(middle, ExpectedVersion.NoStream, Numbered(4), Ct);

        var results = await Events.AppendManyAsync(
            [new(last, ExpectedVersion.NoStream, Numbered(3)), new(first, ExpectedVersion.Any, Numbered(1, first: 11)), new(middle, 4, Numbered(2, first: 5))], Ct);

        Assert.Equal([3, 1, 6], results.Select(result => result.StreamVersion));
        await AssertNumbersAsync(last, 1, 2, 3);
        await AssertNumbersAsync(first, 11);
        await AssertNumbersAsync(middle, 1, 2, 3, 4, 5, 6);
        await AssertPositionsAsync(last, results[0], from: 1);
        await AssertPositionsAsync(first, results[1], from: 1);
        await AssertPositionsAsync(middle, results[2], from: 5);
    }

    [Fact]
    public async Task One_stream_alone_is_appended_to_as_by_the_shorter_call()
    {
        var stream = NewStream();
        var result = Assert.Single(await Events.AppendManyAsync([new(stream, ExpectedVersion.NoStream, Numbered(2))], Ct));
        Assert.Equal(2, result.StreamVersion);
        await AssertPositionsAsync(stream, result, from: 1);
    }

    [Fact]
    public async Task Hundreds_of_streams_are_written_together()
    {
        var streams = Enumerable.Range(0, 300).Select(_ => NewStream()).ToArray();
        var results = await Events.AppendManyAsync([.. streams.Select(stream => new StreamAppend(stream, ExpectedVersion.NoStream, Numbered(3)))], Ct);
        Assert.All(results, result => Assert.Equal(3, result.StreamVersion));
        Assert.Equal(300, results.Select(result => result.FirstPosition).Distinct().Count());
        await AssertNumbersAsync(streams[0], 1, 2, 3);
        await AssertNumbersAsync(streams[299], 1, 2, 3);
    }

    public static TheoryData<ExpectedVersion> Accepted => [ExpectedVersion.Any, ExpectedVersion.StreamExists, ExpectedVersion.At(2)];

    [Theory]
    [MemberData(nameof(Accepted), DisableDiscoveryEnumeration = true)]
    public async Task Each_expectation_that_holds_is_accepted(ExpectedVersion expected)
    {
        var (standing, other) = (await StreamAsync(2), NewStream());
        var results = await Events.AppendManyAsync([new(standing, expected, Numbered(1, first: 3)), new(other, ExpectedVersion.NoStream, Numbered(1))], Ct);
        Assert.Equal([3, 1], results.Select(result => result.StreamVersion));
    }

    public static TheoryData<ExpectedVersion> Refused => [ExpectedVersion.NoStream, ExpectedVersion.At(1), ExpectedVersion.At(3), ExpectedVersion.At(long.MaxValue)];

    [Theory]
    [MemberData(nameof(Refused), DisableDiscoveryEnumeration = true)]
    public async Task One_stream_at_another_version_refuses_the_whole_call(ExpectedVersion expected)
    {
        var standing = await StreamAsync(2);
        var exception = await ThrowsAndWritesNothingAsync<WrongExpectedVersionException>(() => Events.AppendManyAsync(
            [new(NewStream("a"), ExpectedVersion.NoStream, Numbered(2)), new(standing, expected, Numbered(1)), new(NewStream("z"), ExpectedVersion.Any, Numbered(2))], Ct));
        Assert.Equal((standing, expected, 2), (exception.Stream, exception.Expected, exception.Actual));
    }

    [Fact]
    public async Task One_missing_stream_that_must_exist_refuses_the_whole_call()
    {
        var missing = NewStream();
        var exception = await ThrowsAndWritesNothingAsync<StreamNotFoundException>(() => Events.AppendManyAsync(
            [new(NewStream("a"), ExpectedVersion.NoStream, Numbered(2)), new(missing, ExpectedVersion.StreamExists, Numbered(1)), new(NewStream("z"), ExpectedVersion.Any, Numbered(2))], Ct));
        Assert.Equal(missing, exception.Stream);
    }

    public static TheoryData<ExpectedVersion> EveryExpectation
        => [ExpectedVersion.Any, ExpectedVersion.NoStream, ExpectedVersion.StreamExists, ExpectedVersion.At(2), ExpectedVersion.At(9)];

    [Theory]
    [MemberData(nameof(EveryExpectation), DisableDiscoveryEnumeration = true)]
    public async Task One_deleted_stream_refuses_the_whole_call(ExpectedVersion expected)
    {
        var deleted = await StreamAsync(2);
        await Database.DeleteStreamAsync(deleted);
        var exception = await ThrowsAndWritesNothingAsync<StreamDeletedException>(() => Events.AppendManyAsync(
            [new(NewStream(), ExpectedVersion.NoStream, Numbered(2)), new(deleted, expected, Numbered(1))], Ct));
        Assert.Equal(deleted, exception.Stream);
    }

    [Fact]
    public async Task The_exception_names_the_first_stream_in_conflict_in_the_order_of_the_call()
    {
        var id = Guid.NewGuid();
        StreamName later = $"z-{id}", earlier = $"a-{id}", fine = $"b-{id}";
        await Events.AppendManyAsync([new(later, ExpectedVersion.NoStream, Numbered(2)), new(earlier, ExpectedVersion.NoStream, Numbered(5))], Ct);

        var exception = await ThrowsAndWritesNothingAsync<WrongExpectedVersionException>(() => Events.AppendManyAsync(
            [new(fine, ExpectedVersion.NoStream, Numbered(1)), new(later, 1, Numbered(1)), new(earlier, 1, Numbered(1))], Ct));
        Assert.Equal((later, 2), (exception.Stream, exception.Actual));

        var missing = await ThrowsAndWritesNothingAsync<StreamNotFoundException>(() => Events.AppendManyAsync(
            [new(fine, ExpectedVersion.StreamExists, Numbered(1)), new(later, 1, Numbered(1))], Ct));
        Assert.Equal(fine, missing.Stream);
    }

    [Fact]
    public async Task The_same_call_again_returns_the_first_results_whatever_has_happened_since()
    {
        var (first, second, condition) = (NewStream(), await StreamAsync(3), await StreamAsync(1));
        StreamAppend[] call = [new(first, ExpectedVersion.NoStream, Numbered(2)), new(second, 3, Numbered(2)), StreamAppend.Condition(condition, 1)];
        var results = await Events.AppendManyAsync(call, Ct);
        await Events.AppendAsync(first, ExpectedVersion.Any, new Numbered(3), cancellationToken: Ct);
        await Database.DeleteStreamAsync(second);

        var before = await Database.ContentAsync();
        Assert.Equal(results, await Events.AppendManyAsync(call, Ct));
        Assert.Equal(before, await Database.ContentAsync());
    }

    [Fact]
    public async Task A_repetition_that_finds_its_condition_broken_by_now_still_returns_the_first_results()
    {
        var (stream, condition) = (NewStream(), NewStream());
        StreamAppend[] call = [new(stream, ExpectedVersion.NoStream, Numbered(2)), StreamAppend.Condition(condition, ExpectedVersion.NoStream)];
        var results = await Events.AppendManyAsync(call, Ct);
        await Events.AppendAsync(condition, ExpectedVersion.NoStream, new Numbered(1), cancellationToken: Ct);
        Assert.Equal(results[0], (await Events.AppendManyAsync(call, Ct))[0]);
    }

    [Fact]
    public async Task A_call_of_which_a_part_stands_already_throws_and_writes_nothing()
    {
        var standing = Numbered(2);
        var stream = NewStream();
        await Events.AppendManyAsync(stream, ExpectedVersion.Any, standing, Ct);
        await AssertDuplicateAsync(standing[0], new(NewStream(), ExpectedVersion.Any, Numbered(1)), new(stream, ExpectedVersion.Any, standing));
        await AssertDuplicateAsync(standing[1], new(NewStream(), ExpectedVersion.Any, Numbered(1)), new(stream, ExpectedVersion.Any, [.. Numbered(1), standing[1]]));
    }

    [Fact]
    public async Task Events_that_stand_in_each_other_s_stream_throw_and_write_nothing()
    {
        var (first, second) = (NewStream(), NewStream());
        var (one, other) = (Numbered(1), Numbered(1));
        await Events.AppendManyAsync([new(first, ExpectedVersion.Any, one), new(second, ExpectedVersion.Any, other)], Ct);
        await AssertDuplicateAsync(other[0], new(first, ExpectedVersion.Any, other), new(second, ExpectedVersion.Any, one));
    }

    [Fact]
    public async Task An_id_twice_across_the_streams_throws_and_writes_nothing()
    {
        var twice = Numbered(1);
        await AssertDuplicateAsync(twice[0], new(NewStream(), ExpectedVersion.Any, [.. Numbered(2), twice[0]]), new(NewStream(), ExpectedVersion.Any, twice));
    }

    [Fact]
    public async Task A_stream_twice_is_refused_and_nothing_is_written()
    {
        var stream = NewStream();
        foreach (var second in (StreamAppend[])[new(stream, ExpectedVersion.Any, Numbered(1)), StreamAppend.Condition(stream, ExpectedVersion.NoStream)])
        {
            var exception = await ThrowsAndWritesNothingAsync<ArgumentException>(
                () => Events.AppendManyAsync([new(stream, ExpectedVersion.Any, Numbered(1)), second], Ct));
            Assert.Contains($"'{stream}' occurs twice", exception.Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task A_call_without_any_event_is_refused()
    {
        var stream = await StreamAsync(1);
        await ThrowsAndWritesNothingAsync<ArgumentException>(() => Events.AppendManyAsync([], Ct));
        await ThrowsAndWritesNothingAsync<ArgumentException>(() => Events.AppendManyAsync([StreamAppend.Condition(stream, 1)], Ct));
        Assert.Throws<ArgumentException>(() => new StreamAppend(stream, ExpectedVersion.Any, []));
        Assert.Throws<ArgumentException>(() => StreamAppend.Condition(stream, ExpectedVersion.Any));
        Assert.Throws<ArgumentException>(() => StreamAppend.Condition(default, 1));
    }

    [Fact]
    public async Task One_event_too_large_refuses_the_whole_call()
    {
        await using var store = Fixture.CreateStore(Database, builder => builder.Configure(options => options.MaxEventSize = 200));
        await ThrowsAndWritesNothingAsync<EventTooLargeException>(() => store.Events.AppendManyAsync(
            [new(NewStream(), ExpectedVersion.Any, Numbered(1)), new(NewStream(), ExpectedVersion.Any, new NewEvent(new Noted(new('x', 300))))], Ct));
    }

    [Fact]
    public async Task A_cancelled_call_throws_and_writes_nothing()
    {
        using var cancelled = new CancellationTokenSource();
        await cancelled.CancelAsync();
        await ThrowsAndWritesNothingAsync<OperationCanceledException>(() => Events.AppendManyAsync(
            [new(NewStream(), ExpectedVersion.Any, Numbered(1)), new(NewStream(), ExpectedVersion.Any, Numbered(1))], cancelled.Token));
    }

    [Fact]
    public async Task Calls_over_the_same_streams_in_opposite_orders_all_succeed()
    {
        const int calls = 24;
        for (var round = 0; round < 3; round++)
        {
            var (first, second, third) = (NewStream(), NewStream(), NewStream());
            var outcomes = await AtOnceAsync(calls, index =>
            {
                StreamName[] order = (index % 3) switch { 0 => [first, second, third], 1 => [third, second, first], _ => [second, first, third] };
                return Events.AppendManyAsync([.. order.Select(stream => new StreamAppend(stream, ExpectedVersion.Any, Numbered(2, first: index * 2)))], Ct);
            });
            Assert.All(outcomes, outcome => Assert.Null(outcome.Exception));
            foreach (var stream in (StreamName[])[first, second, third])
                Assert.Equal(Enumerable.Range(1, 2 * calls), (await ReadAsync(stream)).Select(@event => (int)@event.StreamVersion));
        }
    }

    [Fact]
    public async Task Exactly_one_of_many_calls_that_expect_the_same_versions_wins()
    {
        for (var round = 0; round < 3; round++)
        {
            var (first, second) = (NewStream(), await StreamAsync(2));
            var outcomes = await AtOnceAsync(16, index => Events.AppendManyAsync(
                [new(first, ExpectedVersion.NoStream, Numbered(1, first: index)), new(second, 2, Numbered(1, first: index))], Ct));
            Assert.Single(outcomes, outcome => outcome.Exception is null);
            Assert.All(outcomes.Where(outcome => outcome.Exception is not null), outcome => Assert.IsType<WrongExpectedVersionException>(outcome.Exception));
            Assert.Equal((await NumbersAsync(first))[^1], (await NumbersAsync(second))[^1]);
        }
    }

    [Fact]
    public async Task Single_appends_and_calls_over_several_streams_go_together()
    {
        var streams = Enumerable.Range(0, 4).Select(_ => NewStream()).ToArray();
        var outcomes = await AtOnceAsync(32, async index => index % 2 == 0
            ? [await Events.AppendAsync(streams[index % 4], ExpectedVersion.Any, new Numbered(index), cancellationToken: Ct)]
            : await Events.AppendManyAsync([.. streams.Select(stream => new StreamAppend(stream, ExpectedVersion.Any, Numbered(1, first: index)))], Ct));
        Assert.All(outcomes, outcome => Assert.Null(outcome.Exception));
        var versions = await Task.WhenAll(streams.Select(async stream => (await ReadAsync(stream)).Count));
        Assert.Equal(16 + (16 * 4), versions.Sum());
    }

    private async Task<StreamName> StreamAsync(int events)
    {
        var stream = NewStream();
        await Events.AppendManyAsync(stream, ExpectedVersion.NoStream, Numbered(events), Ct);
        return stream;
    }

    private async Task AssertPositionsAsync(StreamName stream, AppendResult result, int from)
    {
        var written = (await ReadAsync(stream, new() { From = from })).Select(@event => @event.Position).ToArray();
        Assert.Equal((written[0], written[^1]), (result.FirstPosition, result.LastPosition));
        Assert.Equal(written.Order(), written);
    }

    private async Task AssertDuplicateAsync(NewEvent duplicate, params StreamAppend[] call)
    {
        var exception = await ThrowsAndWritesNothingAsync<DuplicateEventException>(() => Events.AppendManyAsync(call, Ct));
        Assert.Equal(duplicate.EventId, exception.EventId);
    }
}
