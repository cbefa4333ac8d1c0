namespace EventStore.EF.Specification;

/// <summary>Deleting streams reversibly.</summary>
public abstract class SoftDeleteSpecification(StoreFixture fixture) : StoreSpecification(fixture)
{
    [Fact]
    public async Task A_stream_that_is_as_expected_is_deleted()
    {
        foreach (var expected in (ExpectedVersion[])[ExpectedVersion.Any, ExpectedVersion.StreamExists, 2])
        {
            var stream = await StreamAsync();
            await Events.Streams.DeleteAsync(stream, expected, Ct);
            await Assert.ThrowsAsync<StreamDeletedException>(() => ReadAsync(stream));
        }
    }

    [Fact]
    public async Task A_stream_that_is_not_as_expected_stays()
    {
        var stream = await StreamAsync();
        var before = await Events.Streams.FindAsync(stream, Ct);
        foreach (var expected in (ExpectedVersion[])[ExpectedVersion.NoStream, 1, 3, long.MaxValue])
        {
            var exception = await Assert.ThrowsAsync<WrongExpectedVersionException>(() => Events.Streams.DeleteAsync(stream, expected, Ct));
            Assert.Equal((stream, expected, 2), (exception.Stream, exception.Expected, exception.Actual));
        }

        Assert.Equal(before, await Events.Streams.FindAsync(stream, Ct));
        await AssertNumbersAsync(stream, 1, 2);
    }

    [Fact]
    public async Task A_missing_stream_is_not_found()
    {
        foreach (var expected in (ExpectedVersion[])[ExpectedVersion.Any, ExpectedVersion.NoStream, ExpectedVersion.StreamExists, 1])
        {
            var stream = NewStream();
            var exception = await ThrowsAndWritesNothingAsync<StreamNotFoundException>(() => Events.Streams.DeleteAsync(stream, expected, Ct));
            Assert.Equal(stream, exception.Stream);
        }

        await ThrowsAndWritesNothingAsync<StreamNotFoundException>(() => Events.Streams.UndeleteAsync(NewStream(), Ct));
        await Assert.ThrowsAsync<ArgumentException>(() => Events.Streams.DeleteAsync(default, ExpectedVersion.Any, Ct));
        await Assert.ThrowsAsync<ArgumentException>(() => Events.Streams.UndeleteAsync(default, Ct));
    }

    [Fact]
    public async Task A_deleted_stream_is_not_deleted_again()
    {
        var stream = await DeletedAsync();
        var before = await Events.Streams.FindAsync(stream, Ct);
        foreach (var expected in (ExpectedVersion[])[ExpectedVersion.Any, ExpectedVersion.NoStream, ExpectedVersion.StreamExists, 2, 3])
            Assert.Equal(stream, (await Assert.ThrowsAsync<StreamDeletedException>(() => Events.Streams.DeleteAsync(stream, expected, Ct))).Stream);

        Assert.Equal(before, await Events.Streams.FindAsync(stream, Ct));
    }

    [Fact]
    public async Task A_deleted_stream_is_not_read_appended_linked_or_counted_on()
    {
        var stream = await DeletedAsync();
        var other = await StreamAsync();
        var events = await ReadAsync(other);
        foreach (var expected in (ExpectedVersion[])[ExpectedVersion.Any, ExpectedVersion.NoStream, ExpectedVersion.StreamExists, 2, 3])
        {
            await RefusedAsync(() => Events.AppendAsync(stream, expected, new Numbered(3), cancellationToken: Ct));
            await RefusedAsync(() => Events.AppendManyAsync(stream, expected, Numbered(3), Ct));
            await RefusedAsync(() => Events.AppendManyAsync([new StreamAppend(other, 2, Numbered(1)), new StreamAppend(stream, expected, Numbered(1))], Ct));
            await RefusedAsync(() => Events.LinkAsync(stream, expected, events, Ct));
            if (expected != ExpectedVersion.Any)
                await RefusedAsync(() => Events.AppendManyAsync([new StreamAppend(other, 2, Numbered(1)), StreamAppend.Condition(stream, expected)], Ct));
        }

        await RefusedAsync(() => ReadAsync(stream));
        await RefusedAsync(() => ReadAsync(stream, new() { Direction = ReadDirection.Backward }));
        await RefusedAsync(() => ReadAsync(stream, new() { From = 100, Filter = EventFilter.Types("none") }));
        await RefusedAsync(() => Events.Streams.TruncateAsync(stream, 2, Ct));

        async Task RefusedAsync(Func<Task> operation)
            => Assert.Equal(stream, (await ThrowsAndWritesNothingAsync<StreamDeletedException>(operation)).Stream);
    }

    [Fact]
    public async Task An_append_and_a_link_from_before_the_deletion_are_recognised_when_repeated()
    {
        var (stream, other) = (NewStream(), await StreamAsync());
        var events = Numbered(2);
        var appended = await Events.AppendManyAsync(stream, ExpectedVersion.NoStream, events, Ct);
        var linked = await Events.LinkAsync(stream, 2, await ReadAsync(other), Ct);
        var ids = (await ReadAsync(other)).Select(@event => @event.EventId).ToArray();
        await Events.Streams.DeleteAsync(stream, 4, Ct);

        Assert.Equal(appended, await Events.AppendManyAsync(stream, ExpectedVersion.NoStream, events, Ct));
        Assert.Equal(linked, await Events.LinkAsync(stream, 2, ids, Ct));
        Assert.Equal(4, (await Events.Streams.FindAsync(stream, Ct))!.Version);
    }

    [Fact]
    public async Task Events_of_a_deleted_stream_stay_among_all_events_and_in_the_streams_they_are_linked_into()
    {
        var (stream, target) = (await StreamAsync(), NewStream());
        await Events.LinkAsync(target, ExpectedVersion.NoStream, await ReadAsync(stream), Ct);
        await Events.Streams.DeleteAsync(stream, 2, Ct);

        var linked = await ReadAsync(target);
        Assert.Equal([(stream, 1L, 1L), (stream, 2L, 2L)], linked.Select(@event => (@event.StreamName, @event.StreamVersion, @event.Number)));
        var all = await ToListAsync(Events.ReadAllAsync(new() { Filter = EventFilter.StreamPrefix(stream.Value) }, Ct));
        Assert.Equal(linked.Select(@event => @event.EventId), all.Select(@event => @event.EventId));
    }

    [Fact]
    public async Task An_undeleted_stream_goes_on_where_it_was()
    {
        var (stream, other) = (await DeletedAsync(), await StreamAsync());
        await Events.Streams.UndeleteAsync(stream, Ct);
        await AssertNumbersAsync(stream, 1, 2);
        Assert.Equal(3, (await Events.AppendAsync(stream, 2, new Numbered(3), cancellationToken: Ct)).StreamVersion);
        Assert.Equal(5, (await Events.LinkAsync(stream, 3, await ReadAsync(other), Ct)).StreamVersion);
        await AssertNumbersAsync(stream, 1, 2, 3, 1, 2);

        await Events.Streams.DeleteAsync(stream, 5, Ct);
        await Assert.ThrowsAsync<StreamDeletedException>(() => ReadAsync(stream));
    }

    [Fact]
    public async Task A_stream_that_is_not_deleted_stays_as_it_is_when_undeleted()
    {
        var stream = await StreamAsync();
        var before = await Events.Streams.FindAsync(stream, Ct);
        await Events.Streams.UndeleteAsync(stream, Ct);
        Assert.Equal(before, await Events.Streams.FindAsync(stream, Ct));
    }

    [Fact]
    public async Task Of_many_deletions_at_once_one_wins()
    {
        for (var round = 0; round < 5; round++)
        {
            var stream = await StreamAsync();
            var outcomes = await AtOnceAsync(8, async index =>
            {
                await Events.Streams.DeleteAsync(stream, index % 2 == 0 ? ExpectedVersion.Any : 2, Ct);
                return index;
            });
            Assert.Single(outcomes, outcome => outcome.Exception is null);
            Assert.All(outcomes.Where(outcome => outcome.Exception is not null), outcome => Assert.IsType<StreamDeletedException>(outcome.Exception));
        }
    }

    private async Task<StreamName> StreamAsync()
    {
        var stream = NewStream();
        await Events.AppendManyAsync(stream, ExpectedVersion.NoStream, Numbered(2), Ct);
        return stream;
    }

    private async Task<StreamName> DeletedAsync()
    {
        var stream = await StreamAsync();
        await Events.Streams.DeleteAsync(stream, 2, Ct);
        return stream;
    }
}
