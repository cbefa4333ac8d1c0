namespace EventStore.EF.Specification;

/// <summary>Appending many times at once.</summary>
public abstract class AppendConcurrencySpecification(StoreFixture fixture) : StoreSpecification(fixture)
{
    private const int Appends = 24;

    [Fact]
    public async Task Exactly_one_of_many_appends_that_expect_the_same_version_wins()
    {
        var stream = NewStream();
        await Events.AppendAsync(stream, ExpectedVersion.NoStream, new Numbered(-1), cancellationToken: Ct);
        for (var version = 1; version <= 5; version++)
        {
            var outcomes = await AtOnceAsync(Appends, index => Events.AppendAsync(stream, version, new Numbered(index), cancellationToken: Ct));
            var winner = Assert.Single(outcomes.Index(), outcome => outcome.Item.Exception is null);
            Assert.Equal(version + 1, winner.Item.Result.StreamVersion);
            Assert.All(outcomes.Where(outcome => outcome.Exception is not null), outcome =>
            {
                var lost = Assert.IsType<WrongExpectedVersionException>(outcome.Exception);
                Assert.Equal(version + 1, lost.Actual);
            });
            Assert.Equal(winner.Index, (await NumbersAsync(stream))[^1]);
        }
    }

    [Fact]
    public async Task Exactly_one_of_many_appends_that_expect_no_stream_wins()
    {
        var stream = NewStream();
        var outcomes = await AtOnceAsync(Appends, index => Events.AppendAsync(stream, ExpectedVersion.NoStream, new Numbered(index), cancellationToken: Ct));
        Assert.Single(outcomes, outcome => outcome.Exception is null);
        Assert.All(outcomes.Where(outcome => outcome.Exception is not null), outcome => Assert.IsType<WrongExpectedVersionException>(outcome.Exception));
        Assert.Single(await ReadAsync(stream));
    }

    [Fact]
    public async Task Any_number_of_appends_to_one_new_stream_succeed_with_Any()
    {
        for (var round = 0; round < 5; round++)
        {
            var stream = NewStream();
            var outcomes = await AtOnceAsync(Appends, index => Events.AppendManyAsync(stream, ExpectedVersion.Any, Numbered(2, index * 2), Ct));
            await AssertAllWrittenAsync(stream, outcomes, 2 * Appends);
        }
    }

    [Fact]
    public async Task Any_number_of_appends_succeed_with_StreamExists()
    {
        var stream = NewStream();
        await Events.AppendAsync(stream, ExpectedVersion.NoStream, new Numbered(-1), cancellationToken: Ct);
        var outcomes = await AtOnceAsync(Appends, index => Events.AppendAsync(stream, ExpectedVersion.StreamExists, new Numbered(index), cancellationToken: Ct));
        await AssertAllWrittenAsync(stream, outcomes, Appends + 1);
    }

    [Fact]
    public async Task Appends_of_several_processes_to_one_stream_all_succeed_with_Any()
    {
        // Each store has services and connections of its own, as processes have.
        var stream = NewStream();
        await using var second = Fixture.CreateStore(Database);
        await using var third = Fixture.CreateStore(Database);
        IEventStore[] stores = [Events, second.Events, third.Events];
        var outcomes = await AtOnceAsync(Appends, index => stores[index % 3].AppendAsync(stream, ExpectedVersion.Any, new Numbered(index), cancellationToken: Ct));
        await AssertAllWrittenAsync(stream, outcomes, Appends);
    }

    [Fact]
    public async Task Appends_to_many_streams_at_once_don_t_disturb_each_other()
    {
        var streams = Enumerable.Range(0, Appends).Select(_ => NewStream()).ToArray();
        var outcomes = await AtOnceAsync(Appends, async index =>
        {
            for (var version = 0; version < 10; version++)
                await Events.AppendAsync(streams[index], version, new Numbered(version), cancellationToken: Ct);
            return index;
        });
        Assert.All(outcomes, outcome => Assert.Null(outcome.Exception));
        foreach (var stream in streams)
            Assert.Equal(Enumerable.Range(0, 10), await NumbersAsync(stream));
    }

    [Fact]
    public async Task The_same_append_many_times_at_once_is_written_once()
    {
        for (var round = 0; round < 5; round++)
        {
            var stream = NewStream();
            var events = Numbered(3);
            var outcomes = await AtOnceAsync(Appends, _ => Events.AppendManyAsync(stream, ExpectedVersion.NoStream, events, Ct));
            Assert.All(outcomes, outcome => Assert.Null(outcome.Exception));
            Assert.Single(outcomes.Select(outcome => outcome.Result).Distinct());
            await AssertNumbersAsync(stream, 1, 2, 3);
        }
    }

    [Fact]
    public async Task The_same_id_to_many_streams_at_once_is_written_once()
    {
        var id = Guid.CreateVersion7();
        var outcomes = await AtOnceAsync(Appends, index => Events.AppendManyAsync(
            NewStream(), ExpectedVersion.Any, [new NewEvent(new Numbered(index)) { EventId = id }], Ct));
        Assert.Single(outcomes, outcome => outcome.Exception is null);
        Assert.All(outcomes.Where(outcome => outcome.Exception is not null), outcome =>
        {
            var exception = Assert.IsType<DuplicateEventException>(outcome.Exception);
            Assert.Equal(id, exception.EventId);
        });
        Assert.Equal(1, await Database.ScalarAsync<long>("SELECT count(*) FROM {events} WHERE event_id = (SELECT event_id FROM {events} WHERE position = (SELECT max(position) FROM {events}))"));
    }

    [Fact]
    public async Task An_append_that_is_refused_does_not_disturb_its_neighbours()
    {
        var standing = new NewEvent(new Numbered(-1));
        await Events.AppendManyAsync(NewStream(), ExpectedVersion.Any, [standing], Ct);
        var outcomes = await AtOnceAsync(Appends, index => Events.AppendManyAsync(
            NewStream(), ExpectedVersion.NoStream, index % 4 == 0 ? [new NewEvent(new Numbered(index)) { EventId = standing.EventId }] : Numbered(2), Ct));
        Assert.All(outcomes.Index(), outcome =>
        {
            if (outcome.Index % 4 == 0)
                Assert.IsType<DuplicateEventException>(outcome.Item.Exception);
            else
                Assert.Equal((null, 2), (outcome.Item.Exception, outcome.Item.Result.StreamVersion));
        });
    }

    [Fact]
    public async Task Appends_at_once_keep_the_time_that_each_was_given()
    {
        var then = new DateTimeOffset(1999, 12, 31, 23, 59, 58, 765, TimeSpan.FromHours(5));
        var streams = Enumerable.Range(0, Appends).Select(_ => NewStream()).ToArray();
        var outcomes = await AtOnceAsync(Appends, index => Events.AppendManyAsync(
            [new(streams[index], ExpectedVersion.Any, Numbered(2)) { CreatedAt = index % 2 == 0 ? then.AddDays(index) : null }], Ct));
        Assert.All(outcomes, outcome => Assert.Null(outcome.Exception));
        for (var index = 0; index < Appends; index++)
        {
            var given = then.AddDays(index);
            Assert.All(await ReadAsync(streams[index]), @event => Assert.Equal(index % 2 == 0, @event.CreatedAt == given));
        }
    }

    private async Task AssertAllWrittenAsync(StreamName stream, (AppendResult Result, Exception? Exception)[] outcomes, int events)
    {
        Assert.All(outcomes, outcome => Assert.Null(outcome.Exception));
        Assert.Equal(outcomes.Length, outcomes.Select(outcome => outcome.Result.StreamVersion).Distinct().Count());
        var read = await ReadAsync(stream);
        Assert.Equal(Enumerable.Range(1, events), read.Select(@event => (int)@event.StreamVersion));
        Assert.Equal(read.Select(@event => @event.Position).Order(), read.Select(@event => @event.Position));
        foreach (var (result, _) in outcomes)
            Assert.Equal(result.LastPosition, read[(int)result.StreamVersion - 1].Position);
    }
}
