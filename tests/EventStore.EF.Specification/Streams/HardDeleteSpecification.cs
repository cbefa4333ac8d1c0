namespace EventStore.EF.Specification;

/// <summary>Removing streams for good.</summary>
public abstract class HardDeleteSpecification(StoreFixture fixture) : OwnDatabaseSpecification(fixture)
{
    [Fact]
    public async Task A_store_refuses_by_default_and_names_the_option()
    {
        await using var store = Fixture.CreateStore(Database);
        foreach (var stream in (StreamName[])[await StreamAsync(), NewStream()])
        {
            var exception = await ThrowsAndWritesNothingAsync<NotSupportedException>(() => store.Events.Streams.HardDeleteAsync(stream, ExpectedVersion.Any, Ct));
            Assert.Contains($"{nameof(EventStoreOptions)}.{nameof(EventStoreOptions.AllowHardDelete)}", exception.Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task A_stream_that_is_as_expected_is_gone_with_its_events_and_the_others_are_not()
    {
        var other = await StreamAsync();
        foreach (var expected in (ExpectedVersion[])[ExpectedVersion.Any, ExpectedVersion.StreamExists, 2])
        {
            var stream = await StreamAsync();
            await Events.Streams.HardDeleteAsync(stream, expected, Ct);
            Assert.Null(await Events.Streams.FindAsync(stream, Ct));
            Assert.Equal(stream, (await Assert.ThrowsAsync<StreamNotFoundException>(() => ReadAsync(stream))).Stream);
            await Assert.ThrowsAsync<StreamNotFoundException>(() => Events.Streams.UndeleteAsync(stream, Ct));
        }

        await AssertNumbersAsync(other, 1, 2);
        Assert.All(await ReadAllAsync(), @event => Assert.Equal(other, @event.StreamName));
        Assert.Equal([other], await Events.Streams.ListAsync(new() { IncludeDeleted = true }, Ct).Select(info => info.Name).ToListAsync(Ct));
        Assert.Equal(new(2, 2, 1, 2, 0), await Database.ContentAsync());
    }

    [Fact]
    public async Task A_stream_that_is_not_as_expected_stays()
    {
        var (stream, deleted) = (await StreamAsync(), await StreamAsync());
        await Events.Streams.DeleteAsync(deleted, 2, Ct);
        foreach (var expected in (ExpectedVersion[])[ExpectedVersion.NoStream, 1, 3])
        {
            var exception = await ThrowsAndWritesNothingAsync<WrongExpectedVersionException>(() => Events.Streams.HardDeleteAsync(stream, expected, Ct));
            Assert.Equal((stream, expected, 2), (exception.Stream, exception.Expected, exception.Actual));
            await ThrowsAndWritesNothingAsync<WrongExpectedVersionException>(() => Events.Streams.HardDeleteAsync(deleted, expected, Ct));
            await ThrowsAndWritesNothingAsync<StreamNotFoundException>(() => Events.Streams.HardDeleteAsync(NewStream(), expected, Ct));
        }

        await ThrowsAndWritesNothingAsync<StreamNotFoundException>(() => Events.Streams.HardDeleteAsync(NewStream(), ExpectedVersion.Any, Ct));
        await Assert.ThrowsAsync<ArgumentException>(() => Events.Streams.HardDeleteAsync(default, ExpectedVersion.Any, Ct));
        await AssertNumbersAsync(stream, 1, 2);
    }

    [Fact]
    public async Task A_deleted_stream_may_be_removed()
    {
        var stream = await StreamAsync();
        await Events.Streams.DeleteAsync(stream, 2, Ct);
        await Events.Streams.HardDeleteAsync(stream, 2, Ct);
        Assert.Null(await Events.Streams.FindAsync(stream, Ct));
        Assert.Empty(await ReadAllAsync());
    }

    [Fact]
    public async Task The_name_is_used_again_from_version_1_and_the_ids_may_be_used_again()
    {
        var stream = NewStream();
        var events = Numbered(3);
        var first = await Events.AppendManyAsync(stream, ExpectedVersion.NoStream, events, Ct);
        await Events.Streams.HardDeleteAsync(stream, 3, Ct);

        var again = await Events.AppendManyAsync(stream, ExpectedVersion.NoStream, events, Ct);
        Assert.Equal(3, again.StreamVersion);
        Assert.True(again.FirstPosition > first.LastPosition);
        Assert.Equal([1, 2, 3], (await ReadAsync(stream)).Select(@event => @event.StreamVersion));

        // Elsewhere too, once they are free.
        await Events.Streams.HardDeleteAsync(stream, 3, Ct);
        await Events.AppendManyAsync(NewStream(), ExpectedVersion.NoStream, events, Ct);
    }

    [Fact]
    public async Task What_was_made_of_a_removed_stream_goes_with_it()
    {
        var (stream, other) = (await StreamAsync(), await StreamAsync());
        foreach (var source in (StreamName[])[stream, other])
            await Events.Snapshots.RecordAsync(new() { Source = source, Type = "state", Version = 2, Payload = "{}"u8.ToArray() }, Ct);

        await Events.Streams.HardDeleteAsync(stream, 2, Ct);
        Assert.Null(await Events.Snapshots.FindAsync(stream, "state", Ct));
        Assert.NotNull(await Events.Snapshots.FindAsync(other, "state", Ct));
    }

    [Fact]
    public async Task Streams_that_link_each_other_s_events_are_removed_at_once()
    {
        for (var round = 0; round < 4; round++)
        {
            // Many, so that both removals are under way when they come to what the other one has removed.
            var (left, right) = (await StreamAsync(300), await StreamAsync(300));
            var (ofLeft, ofRight) = (await ReadAsync(left), await ReadAsync(right));
            await Events.LinkAsync(left, 300, ofRight, Ct);
            await Events.LinkAsync(right, 300, ofLeft, Ct);
            var outcomes = await AtOnceAsync(2, async index =>
            {
                await Events.Streams.HardDeleteAsync(index == 0 ? left : right, ExpectedVersion.Any, Ct);
                return index;
            });
            Assert.All(outcomes, outcome => Assert.Null(outcome.Exception));
        }

        Assert.Equal(new(0, 0, 0, 0, 0), await Database.ContentAsync());
    }

    [Fact]
    public async Task Of_many_removals_at_once_one_wins()
    {
        for (var round = 0; round < 5; round++)
        {
            var stream = await StreamAsync();
            var outcomes = await AtOnceAsync(8, async index =>
            {
                await Events.Streams.HardDeleteAsync(stream, index % 2 == 0 ? ExpectedVersion.Any : 2, Ct);
                return index;
            });
            Assert.Single(outcomes, outcome => outcome.Exception is null);
            Assert.All(outcomes.Where(outcome => outcome.Exception is not null), outcome => Assert.IsType<StreamNotFoundException>(outcome.Exception));
        }
    }

    /// <inheritdoc/>
    protected override void Configure(EventStoreBuilder builder) => builder.Configure(options => options.AllowHardDelete = true);

    private async Task<StreamName> StreamAsync(int events = 2)
    {
        var stream = NewStream();
        await Events.AppendManyAsync(stream, ExpectedVersion.NoStream, Numbered(events), Ct);
        return stream;
    }
}
