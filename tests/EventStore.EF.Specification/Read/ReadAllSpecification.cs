namespace EventStore.EF.Specification;

/// <summary>Reading all events. Each test has a database of its own.</summary>
public abstract class ReadAllSpecification(StoreFixture fixture) : StoreSpecification(fixture)
{
    private TestDatabase? _database;
    private TestStore? _store;

    private new IEventStore Events => _store!.Events;

    /// <inheritdoc/>
    public override async ValueTask InitializeAsync()
    {
        await base.InitializeAsync();
        _database = await Fixture.CreateDatabaseAsync();
        _store = Fixture.CreateStore(_database);
    }

    /// <inheritdoc/>
    public override async ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        if (_store is not null)
            await _store.DisposeAsync();
        if (_database is not null)
            await _database.DisposeAsync();

        await base.DisposeAsync();
    }

    [Fact]
    public async Task The_head_is_the_position_of_the_last_event_and_0_in_an_empty_store()
    {
        Assert.Equal(0, await Events.GetHeadAsync(Ct));
        var result = await Events.AppendManyAsync("order-1", ExpectedVersion.Any, Numbered(3), Ct);
        Assert.Equal(result.LastPosition, await Events.GetHeadAsync(Ct));
    }

    [Fact]
    public async Task What_is_not_committed_when_the_head_is_asked_for_comes_after_it()
    {
        await Events.AppendManyAsync("order-1", ExpectedVersion.Any, Numbered(3), Ct);
        await using var connection = await _database!.OpenAsync();
        await using var transaction = await connection.BeginTransactionAsync(Ct);
        await Events.WithTransaction(transaction).AppendManyAsync("order-2", ExpectedVersion.Any, Numbered(2), Ct);
        var head = await Events.GetHeadAsync(Ct);
        await transaction.CommitAsync(Ct);

        Assert.Equal(2, (await ReadAllAsync(new() { From = head + 1 })).Count(@event => @event.StreamName == "order-2"));
        Assert.True(await Events.GetHeadAsync(Ct) > head);
    }

    [Fact]
    public async Task An_empty_store_reads_as_empty()
    {
        Assert.Empty(await ReadAllAsync());
        Assert.Empty(await ReadAllAsync(new() { From = 100 }));
        Assert.Empty(await ReadAllAsync(new() { Direction = ReadDirection.Backward }));
        Assert.Empty(await ReadAllAsync(new() { Filter = EventFilter.Types("specification-numbered") }));
    }

    [Fact]
    public async Task Events_of_all_streams_come_in_the_order_of_their_positions()
    {
        await FillAsync();
        var events = await ReadAllAsync();
        Assert.Equal(Enumerable.Range(1, 12), Numbers(events));
        Assert.Equal(events.Select(@event => @event.Position).Order().Distinct(), events.Select(@event => @event.Position));
        Assert.All(events, @event => Assert.Equal(@event.Position, @event.Number));
        Assert.Equal(["a%1", "a_1", "ab1"], events.Select(@event => @event.StreamName.Value).Distinct().Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task Backward_is_the_same_in_reverse()
    {
        await FillAsync();
        Assert.Equal(Enumerable.Range(1, 12).Reverse(), Numbers(await ReadAllAsync(new() { Direction = ReadDirection.Backward, PageSize = 5 })));
    }

    [Fact]
    public async Task A_position_is_inclusive_in_both_directions()
    {
        await FillAsync();
        var seventh = (await ReadAllAsync())[6].Position;
        Assert.Equal([7, 8, 9, 10, 11, 12], Numbers(await ReadAllAsync(new() { From = seventh, PageSize = 4 })));
        Assert.Equal([7, 6, 5, 4, 3, 2, 1], Numbers(await ReadAllAsync(new() { From = seventh, PageSize = 4, Direction = ReadDirection.Backward })));
        Assert.Equal([7, 8, 9], Numbers(await ReadAllAsync(new() { From = seventh, MaxCount = 3, PageSize = 2 })));
    }

    [Fact]
    public async Task Forward_from_0_and_1_is_the_beginning_and_from_beyond_the_end_is_empty()
    {
        await FillAsync();
        Assert.Equal(12, (await ReadAllAsync(new() { From = 0 })).Count);
        Assert.Equal(12, (await ReadAllAsync(new() { From = 1 })).Count);
        var last = (await ReadAllAsync())[^1].Position;
        Assert.Empty(await ReadAllAsync(new() { From = last + 1 }));
        Assert.Empty(await ReadAllAsync(new() { From = long.MaxValue }));
        Assert.Equal(12, (await ReadAllAsync(new() { From = long.MaxValue, Direction = ReadDirection.Backward })).Count);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    [InlineData(4)]
    [InlineData(11)]
    [InlineData(12)]
    [InlineData(13)]
    public async Task Pages_join_without_seam(int pageSize)
    {
        await FillAsync();
        Assert.Equal(Enumerable.Range(1, 12), Numbers(await ReadAllAsync(new() { PageSize = pageSize })));
        Assert.Equal(Enumerable.Range(1, 12).Reverse(), Numbers(await ReadAllAsync(new() { PageSize = pageSize, Direction = ReadDirection.Backward })));
    }

    [Fact]
    public async Task Pages_join_without_seam_over_gaps_in_the_positions()
    {
        // Appends that are refused for a duplicate id leave gaps in the positions of a database that draws them from a sequence.
        var standing = new NewEvent(new Numbered(1));
        await Events.AppendManyAsync("gaps", ExpectedVersion.Any, [standing], Ct);
        for (var number = 2; number <= 10; number++)
        {
            await Assert.ThrowsAsync<DuplicateEventException>(() => Events.AppendManyAsync("gaps", ExpectedVersion.Any, [.. Numbered(3), standing], Ct));
            await Events.AppendAsync("gaps", ExpectedVersion.Any, new Numbered(number), cancellationToken: Ct);
        }

        foreach (var pageSize in (int[])[1, 3, 10])
        {
            Assert.Equal(Enumerable.Range(1, 10), Numbers(await ReadAllAsync(new() { PageSize = pageSize })));
            Assert.Equal(Enumerable.Range(1, 10), Numbers(await ReadAllAsync(new() { PageSize = pageSize, Filter = EventFilter.StreamPrefix("gaps") })));
        }
    }

    [Theory]
    [InlineData("a_", new[] { 2, 5, 8, 11 })]
    [InlineData("a%", new[] { 1, 4, 7, 10 })]
    [InlineData("ab", new[] { 3, 6, 9, 12 })]
    [InlineData("a", new[] { 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12 })]
    [InlineData("A", new int[0])]
    [InlineData("%", new int[0])]
    [InlineData("_", new int[0])]
    [InlineData("ab1", new[] { 3, 6, 9, 12 })]
    [InlineData("ab1x", new int[0])]
    [InlineData("\\", new int[0])]
    [InlineData("'", new int[0])]
    public async Task A_stream_prefix_stands_for_itself(string prefix, int[] expected)
    {
        await FillAsync();
        Assert.Equal(expected, Numbers(await ReadAllAsync(new() { Filter = EventFilter.StreamPrefix(prefix), PageSize = 3 })));
        Assert.Equal(expected.Reverse(), Numbers(await ReadAllAsync(new() { Filter = EventFilter.StreamPrefix(prefix), PageSize = 3, Direction = ReadDirection.Backward })));
    }

    [Fact]
    public async Task Types_and_prefix_filter_together()
    {
        await FillAsync();
        await Events.AppendAsync("ab2", ExpectedVersion.Any, new Noted("13"), cancellationToken: Ct);
        await Events.AppendAsync("b", ExpectedVersion.Any, new Noted("14"), cancellationToken: Ct);
        Assert.Equal(2, (await ReadAllAsync(new() { Filter = EventFilter.Types("specification-noted"), PageSize = 1 })).Count);
        var both = Assert.Single(await ReadAllAsync(new() { Filter = EventFilter.Types("specification-noted").AndStreamPrefix("ab") }));
        Assert.Equal("13", both.As<Noted>().Text);
        Assert.Empty(await ReadAllAsync(new() { Filter = EventFilter.Types("specification-noted").AndTypes("specification-numbered") }));
    }

    [Fact]
    public async Task Events_of_deleted_streams_stay_among_all_events()
    {
        await FillAsync();
        await _database!.DeleteStreamAsync("ab1");
        Assert.Equal(12, (await ReadAllAsync()).Count);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_reader_with_a_cursor_misses_nothing_and_never_goes_back_while_many_append(bool filtered)
    {
        const int Writers = 8;
        const int AppendsOfEach = 40;
        await using var other = Fixture.CreateStore(_database!);
        IEventStore[] stores = [Events, other.Events];
        var written = AtOnceAsync(Writers, async writer =>
        {
            var positions = new List<long>();
            for (var append = 0; append < AppendsOfEach; append++)
            {
                // Some fail on purpose, so that there are gaps that nobody fills.
                if (append % 10 == 9)
                    await Assert.ThrowsAsync<WrongExpectedVersionException>(() => stores[writer % 2].AppendAsync($"busy-{writer}", 9999, new Numbered(0), cancellationToken: Ct));

                var result = await stores[writer % 2].AppendManyAsync($"busy-{writer}", ExpectedVersion.Any, Numbered(1 + (append % 3), append * 10), Ct);
                positions.Add(result.FirstPosition);
                positions.Add(result.LastPosition);
            }

            return positions;
        });

        // Each round asks only for what comes after the last event seen, as a subscriber with a cursor does.
        var options = filtered ? EventFilter.StreamPrefix("busy-") : EventFilter.All;
        var seen = new List<RecordedEvent>();
        while (true)
        {
            var isOver = written.IsCompleted;
            await foreach (var @event in Events.ReadAllAsync(new() { From = (seen.Count == 0 ? 0 : seen[^1].Position) + 1, PageSize = 16, Filter = options }, Ct))
            {
                Assert.True(seen.Count == 0 || @event.Position > seen[^1].Position);
                seen.Add(@event);
            }

            if (isOver)
                break;
        }

        var outcomes = await written;
        Assert.All(outcomes, outcome => Assert.Null(outcome.Exception));
        Assert.Equal((await _database!.ContentAsync()).Events, seen.Count);
        Assert.Empty(outcomes.SelectMany(outcome => outcome.Result!).Except(seen.Select(@event => @event.Position)));
        foreach (var stream in seen.GroupBy(@event => @event.StreamName))
            Assert.Equal(Enumerable.Range(1, stream.Count()), stream.Select(@event => (int)@event.StreamVersion));
    }

    private static IEnumerable<int> Numbers(IEnumerable<RecordedEvent> events) => events.Select(@event => @event.As<Numbered>().Number);

    private Task<List<RecordedEvent>> ReadAllAsync(ReadOptions? options = null) => ToListAsync(Events.ReadAllAsync(options, Ct));

    /// <summary>Numbers 1 to 12, in turn to the streams a%1, a_1 and ab1.</summary>
    private async Task FillAsync()
    {
        for (var number = 1; number <= 12; number++)
            await Events.AppendAsync((number % 3) switch { 1 => "a%1", 2 => "a_1", _ => "ab1" }, ExpectedVersion.Any, new Numbered(number), cancellationToken: Ct);
    }
}
