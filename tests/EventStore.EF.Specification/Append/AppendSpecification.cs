namespace EventStore.EF.Specification;

/// <summary>Appending one time: the whole table of expected versions, and what an append returns.</summary>
public abstract class AppendSpecification(StoreFixture fixture) : StoreSpecification(fixture)
{
    [Fact]
    public async Task Any_creates_a_missing_stream()
    {
        var stream = NewStream();
        var result = await Events.AppendAsync(stream, ExpectedVersion.Any, new Numbered(1), cancellationToken: Ct);
        Assert.Equal(1, result.StreamVersion);
        await AssertNumbersAsync(stream, 1);
    }

    [Fact]
    public async Task Any_appends_at_whatever_version()
    {
        var stream = NewStream();
        await Events.AppendManyAsync(stream, ExpectedVersion.Any, Numbered(3), Ct);
        var result = await Events.AppendManyAsync(stream, ExpectedVersion.Any, Numbered(2, first: 4), Ct);
        Assert.Equal(5, result.StreamVersion);
        await AssertNumbersAsync(stream, 1, 2, 3, 4, 5);
    }

    [Fact]
    public async Task NoStream_creates_a_missing_stream()
    {
        var stream = NewStream();
        var result = await Events.AppendAsync(stream, ExpectedVersion.NoStream, new Numbered(1), cancellationToken: Ct);
        Assert.Equal(1, result.StreamVersion);
    }

    [Fact]
    public async Task Version_0_creates_a_missing_stream()
    {
        var stream = NewStream();
        var result = await Events.AppendAsync(stream, 0, new Numbered(1), cancellationToken: Ct);
        Assert.Equal(1, result.StreamVersion);
    }

    [Fact]
    public async Task NoStream_with_an_existing_stream_throws_and_writes_nothing()
    {
        var stream = NewStream();
        await Events.AppendManyAsync(stream, ExpectedVersion.NoStream, Numbered(2), Ct);
        var exception = await ThrowsAndWritesNothingAsync<WrongExpectedVersionException>(
            () => Events.AppendAsync(stream, ExpectedVersion.NoStream, new Numbered(3), cancellationToken: Ct));
        Assert.Equal((stream, ExpectedVersion.NoStream, 2), (exception.Stream, exception.Expected, exception.Actual));
        Assert.Contains(stream.Value, exception.Message, StringComparison.Ordinal);
        Assert.Contains("Read the stream again", exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task NoStream_appends_to_a_stream_without_events()
    {
        var stream = NewStream();
        await Database.ExecuteAsync($"INSERT INTO {{streams}} (name, version) VALUES ('{stream}', 0)");
        var result = await Events.AppendAsync(stream, ExpectedVersion.NoStream, new Numbered(1), cancellationToken: Ct);
        Assert.Equal(1, result.StreamVersion);
    }

    [Fact]
    public async Task StreamExists_with_a_missing_stream_throws_and_writes_nothing()
    {
        var stream = NewStream();
        var exception = await ThrowsAndWritesNothingAsync<StreamNotFoundException>(
            () => Events.AppendAsync(stream, ExpectedVersion.StreamExists, new Numbered(1), cancellationToken: Ct));
        Assert.Equal(stream, exception.Stream);
    }

    [Fact]
    public async Task StreamExists_appends_at_whatever_version()
    {
        var stream = NewStream();
        await Events.AppendManyAsync(stream, ExpectedVersion.NoStream, Numbered(7), Ct);
        var result = await Events.AppendAsync(stream, ExpectedVersion.StreamExists, new Numbered(8), cancellationToken: Ct);
        Assert.Equal(8, result.StreamVersion);
    }

    [Fact]
    public async Task The_stream_s_version_appends()
    {
        var stream = NewStream();
        var first = await Events.AppendManyAsync(stream, ExpectedVersion.NoStream, Numbered(2), Ct);
        var second = await Events.AppendManyAsync(stream, first.StreamVersion, Numbered(2, first: 3), Ct);
        Assert.Equal(4, second.StreamVersion);
        await AssertNumbersAsync(stream, 1, 2, 3, 4);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(4)]
    [InlineData(long.MaxValue)]
    public async Task Append_with_a_stale_or_future_version_throws_and_writes_nothing(long expected)
    {
        var stream = NewStream();
        await Events.AppendManyAsync(stream, ExpectedVersion.NoStream, Numbered(3), Ct);
        var exception = await ThrowsAndWritesNothingAsync<WrongExpectedVersionException>(
            () => Events.AppendAsync(stream, expected, new Numbered(4), cancellationToken: Ct));
        Assert.Equal((stream, ExpectedVersion.At(expected), 3), (exception.Stream, exception.Expected, exception.Actual));
    }

    [Fact]
    public async Task A_version_with_a_missing_stream_throws_and_writes_nothing()
    {
        var stream = NewStream();
        var exception = await ThrowsAndWritesNothingAsync<WrongExpectedVersionException>(
            () => Events.AppendAsync(stream, 5, new Numbered(1), cancellationToken: Ct));
        Assert.Equal((stream, ExpectedVersion.At(5), 0), (exception.Stream, exception.Expected, exception.Actual));
    }

    public static TheoryData<ExpectedVersion> EveryExpectation => [ExpectedVersion.Any, ExpectedVersion.NoStream, ExpectedVersion.StreamExists, ExpectedVersion.At(2), ExpectedVersion.At(9)];

    [Theory]
    [MemberData(nameof(EveryExpectation), DisableDiscoveryEnumeration = true)]
    public async Task Append_to_a_deleted_stream_throws_and_writes_nothing(ExpectedVersion expected)
    {
        var stream = NewStream();
        await Events.AppendManyAsync(stream, ExpectedVersion.NoStream, Numbered(2), Ct);
        await Database.DeleteStreamAsync(stream);
        var exception = await ThrowsAndWritesNothingAsync<StreamDeletedException>(
            () => Events.AppendAsync(stream, expected, new Numbered(3), cancellationToken: Ct));
        Assert.Equal(stream, exception.Stream);
    }

    [Fact]
    public async Task The_result_has_the_version_and_the_positions_written()
    {
        var stream = NewStream();
        var first = await Events.AppendManyAsync(stream, ExpectedVersion.Any, Numbered(3), Ct);
        var second = await Events.AppendAsync(stream, ExpectedVersion.Any, new Numbered(4), cancellationToken: Ct);
        var events = await ReadAsync(stream);
        Assert.Equal((3, events[0].Position, events[2].Position), (first.StreamVersion, first.FirstPosition, first.LastPosition));
        Assert.Equal((4, events[3].Position, events[3].Position), (second.StreamVersion, second.FirstPosition, second.LastPosition));
        Assert.True(first.LastPosition < second.FirstPosition);
    }

    [Fact]
    public async Task Versions_have_no_gaps_after_appends_that_failed()
    {
        var stream = NewStream();
        for (var number = 1; number <= 5; number++)
        {
            await Events.AppendAsync(stream, number - 1, new Numbered(number), cancellationToken: Ct);
            await Assert.ThrowsAsync<WrongExpectedVersionException>(() => Events.AppendAsync(stream, number + 7, new Numbered(0), cancellationToken: Ct));
        }

        Assert.Equal([1, 2, 3, 4, 5], (await ReadAsync(stream)).Select(@event => @event.StreamVersion));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(1_000)]
    public async Task Events_of_one_append_keep_their_order(int count)
    {
        var stream = NewStream();
        var result = await Events.AppendManyAsync(stream, ExpectedVersion.NoStream, Numbered(count), Ct);
        var events = await ReadAsync(stream);
        Assert.Equal(count, result.StreamVersion);
        Assert.Equal(Enumerable.Range(1, count), events.Select(@event => @event.As<Numbered>().Number));
        Assert.Equal(Enumerable.Range(1, count), events.Select(@event => (int)@event.StreamVersion));
        Assert.Equal(events.Select(@event => @event.Position).Order(), events.Select(@event => @event.Position));
    }

    [Fact]
    [Trait("Speed", "Slow")]
    public async Task One_append_of_100_000_events_is_written_whole()
    {
        var stream = NewStream();
        var result = await Events.AppendManyAsync(stream, ExpectedVersion.NoStream, Numbered(100_000), Ct);
        Assert.Equal(100_000, result.StreamVersion);
        var expected = 0;
        await foreach (var @event in Events.ReadStreamAsync(stream, new() { PageSize = 10_000 }, Ct))
            Assert.Equal(++expected, @event.As<Numbered>().Number);

        Assert.Equal(100_000, expected);
    }

    [Fact]
    [Trait("Speed", "Slow")]
    public async Task One_append_of_100_000_events_that_is_refused_writes_nothing()
    {
        var stream = NewStream();
        var standing = new NewEvent(new Numbered(1));
        await Events.AppendManyAsync(stream, ExpectedVersion.NoStream, [standing], Ct);
        var exception = await ThrowsAndWritesNothingAsync<DuplicateEventException>(
            () => Events.AppendManyAsync(stream, ExpectedVersion.Any, [.. Numbered(99_999), standing], Ct));
        Assert.Equal(standing.EventId, exception.EventId);
    }

    [Fact]
    public async Task Streams_are_told_apart_by_every_character()
    {
        var id = Guid.NewGuid().ToString("N");
        string[] names = [$"Order-{id}", $"order-{id}", $"order_{id}", $"é-{id}", $"e\u0301-{id}", $"order-{id} ", $" order-{id}", $"ß-{id}", $"ss-{id}", $"%{id}", $"'{id}\"", $"😀-{id}", $"{id}\\"];
        for (var index = 0; index < names.Length; index++)
            await Events.AppendAsync(names[index], ExpectedVersion.NoStream, new Numbered(index), cancellationToken: Ct);

        for (var index = 0; index < names.Length; index++)
        {
            var @event = Assert.Single(await ReadAsync(names[index]));
            Assert.Equal((names[index], index), (@event.StreamName.Value, @event.As<Numbered>().Number));
        }
    }

    [Fact]
    public async Task A_stream_name_of_255_characters_is_kept()
    {
        var stream = new StreamName($"{Guid.NewGuid():N}{new string('x', 223)}");
        Assert.Equal(StreamName.MaxLength, stream.Value.Length);
        await Events.AppendAsync(stream, ExpectedVersion.NoStream, new Numbered(1), cancellationToken: Ct);
        Assert.Equal(stream, Assert.Single(await ReadAsync(stream)).StreamName);
    }

    [Fact]
    public async Task A_cancelled_append_throws_and_writes_nothing()
    {
        var stream = NewStream();
        using var cancelled = new CancellationTokenSource();
        await cancelled.CancelAsync();
        await ThrowsAndWritesNothingAsync<OperationCanceledException>(
            () => Events.AppendAsync(stream, ExpectedVersion.Any, new Numbered(1), cancellationToken: cancelled.Token));
    }

    [Fact]
    public async Task An_append_cancelled_while_it_waits_writes_nothing_and_may_be_repeated()
    {
        Assert.SkipWhen(Fixture.IsPooled, "a pool may hand on a cancellation when the statement has not reached the server yet");
        var stream = NewStream();
        await Events.AppendAsync(stream, ExpectedVersion.Any, new Numbered(1), cancellationToken: Ct);
        var second = new NewEvent(new Numbered(2));
        using var cancelling = new CancellationTokenSource();
        await using (var other = await Database.OpenAsync())
        {
            await using var holding = await other.BeginTransactionAsync(Ct);
            await using var hold = Database.Command(other, $"UPDATE {{streams}} SET version = version WHERE name = '{stream}'");
            hold.Transaction = holding;
            await hold.ExecuteNonQueryAsync(Ct);

            var append = Events.AppendManyAsync(stream, ExpectedVersion.Any, [second], cancelling.Token);
            Assert.False(append.IsCompleted);
            await cancelling.CancelAsync();
            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => append);
            await holding.RollbackAsync(Ct);
        }

        await AssertNumbersAsync(stream, 1);
        var result = await Events.AppendManyAsync(stream, ExpectedVersion.Any, [second], Ct);
        Assert.Equal(2, result.StreamVersion);
    }
}
