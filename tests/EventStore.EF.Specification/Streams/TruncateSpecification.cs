namespace EventStore.EF.Specification;

/// <summary>Removing the oldest part of a stream.</summary>
public abstract class TruncateSpecification(StoreFixture fixture) : StoreSpecification(fixture)
{
    [Fact]
    public async Task The_older_events_go_and_the_others_keep_their_numbers()
    {
        var stream = await StreamAsync(10);
        await Events.Streams.TruncateAsync(stream, 4, Ct);

        var info = await InfoAsync(stream);
        Assert.Equal((10, 4), (info.Version, info.OldestVersion));
        Assert.Equal(Versions(4, 10), await VersionsAsync(stream));
        foreach (var pageSize in (int[])[1, 3, 7, 8])
        {
            Assert.Equal(Versions(4, 10), await VersionsAsync(stream, new() { PageSize = pageSize, From = 1 }));
            Assert.Equal(Versions(6, 10), await VersionsAsync(stream, new() { PageSize = pageSize, From = 6 }));
            Assert.Equal(Versions(4, 5), await VersionsAsync(stream, new() { PageSize = pageSize, MaxCount = 2 }));
            Assert.Equal(Versions(4, 10).Reverse(), await VersionsAsync(stream, new() { PageSize = pageSize, Direction = ReadDirection.Backward }));
            Assert.Empty(await VersionsAsync(stream, new() { PageSize = pageSize, Direction = ReadDirection.Backward, From = 3 }));
        }

        var all = await ToListAsync(Events.ReadAllAsync(new() { Filter = EventFilter.StreamPrefix(stream.Value) }, Ct));
        Assert.Equal(Versions(4, 10), all.Select(@event => @event.StreamVersion));
    }

    [Fact]
    public async Task The_next_append_goes_on_with_the_next_version()
    {
        var stream = await StreamAsync(5);
        await Events.Streams.TruncateAsync(stream, 3, Ct);
        await Assert.ThrowsAsync<WrongExpectedVersionException>(() => Events.AppendAsync(stream, 3, new Numbered(6), cancellationToken: Ct));
        await Assert.ThrowsAsync<WrongExpectedVersionException>(() => Events.AppendAsync(stream, ExpectedVersion.NoStream, new Numbered(6), cancellationToken: Ct));
        Assert.Equal(6, (await Events.AppendAsync(stream, 5, new Numbered(6), cancellationToken: Ct)).StreamVersion);
        Assert.Equal(Versions(3, 6), await VersionsAsync(stream));
    }

    [Fact]
    public async Task Beyond_the_end_everything_goes_and_the_version_stays()
    {
        foreach (var before in (long[])[6, 7, long.MaxValue])
        {
            var stream = await StreamAsync(5);
            await Events.Streams.TruncateAsync(stream, before, Ct);
            var info = await InfoAsync(stream);
            Assert.Equal((5, 6), (info.Version, info.OldestVersion));
            Assert.Empty(await ReadAsync(stream));
            Assert.Empty(await ReadAsync(stream, new() { Direction = ReadDirection.Backward }));
            await Assert.ThrowsAsync<WrongExpectedVersionException>(() => Events.AppendAsync(stream, ExpectedVersion.NoStream, new Numbered(6), cancellationToken: Ct));
            Assert.Equal(6, (await Events.AppendAsync(stream, 5, new Numbered(6), cancellationToken: Ct)).StreamVersion);
            Assert.Equal([6], await VersionsAsync(stream));
        }
    }

    [Fact]
    public async Task Repeating_it_or_a_lower_version_changes_nothing()
    {
        var stream = await StreamAsync(5);
        await Events.Streams.TruncateAsync(stream, 1, Ct);
        Assert.Equal(Versions(1, 5), await VersionsAsync(stream));

        await Events.Streams.TruncateAsync(stream, 4, Ct);
        var info = await InfoAsync(stream);
        foreach (var before in (long[])[4, 3, 1])
        {
            await Events.Streams.TruncateAsync(stream, before, Ct);
            Assert.Equal(info, await InfoAsync(stream) with { LastActivityAt = info.LastActivityAt });
            Assert.Equal(Versions(4, 5), await VersionsAsync(stream));
        }

        await Events.Streams.TruncateAsync(stream, 5, Ct);
        Assert.Equal(5, (await InfoAsync(stream)).OldestVersion);
    }

    [Fact]
    public async Task A_version_below_1_is_refused()
    {
        var stream = await StreamAsync(1);
        foreach (var before in (long[])[0, -1, long.MinValue])
            Assert.Equal("beforeVersion", (await Assert.ThrowsAsync<ArgumentOutOfRangeException>(() => Events.Streams.TruncateAsync(stream, before, Ct))).ParamName);

        await Assert.ThrowsAsync<ArgumentException>(() => Events.Streams.TruncateAsync(default, 1, Ct));
    }

    [Fact]
    public async Task A_missing_stream_is_not_found_and_a_deleted_one_keeps_its_events()
    {
        await ThrowsAndWritesNothingAsync<StreamNotFoundException>(() => Events.Streams.TruncateAsync(NewStream(), 2, Ct));

        var stream = await StreamAsync(5);
        await Events.Streams.DeleteAsync(stream, 5, Ct);
        Assert.Equal(stream, (await ThrowsAndWritesNothingAsync<StreamDeletedException>(() => Events.Streams.TruncateAsync(stream, 3, Ct))).Stream);
        await Events.Streams.UndeleteAsync(stream, Ct);
        Assert.Equal(Versions(1, 5), await VersionsAsync(stream));
        await Events.Streams.TruncateAsync(stream, 3, Ct);
        Assert.Equal(Versions(3, 5), await VersionsAsync(stream));
    }

    [Fact]
    public async Task Links_to_the_removed_events_go_and_the_other_stream_keeps_its_numbers()
    {
        var (stream, target) = (await StreamAsync(4), await StreamAsync(2));
        await Events.LinkAsync(target, 2, await ReadAsync(stream), Ct);
        await Events.Streams.TruncateAsync(stream, 3, Ct);

        foreach (var pageSize in (int[])[1, 2, 10])
            Assert.Equal([1, 2, 5, 6], await NumbersInAsync(target, new() { PageSize = pageSize }));

        Assert.Equal(6, (await InfoAsync(target)).Version);
        Assert.Equal(7, (await Events.AppendAsync(target, 6, new Numbered(7), cancellationToken: Ct)).StreamVersion);
    }

    [Fact]
    public async Task Links_in_the_removed_part_go_and_the_linked_events_stay_where_they_were_born()
    {
        var (stream, origin) = (await StreamAsync(2), await StreamAsync(3));
        await Events.LinkAsync(stream, 2, await ReadAsync(origin), Ct);
        await Events.AppendAsync(stream, 5, new Numbered(6), cancellationToken: Ct);
        await Events.Streams.TruncateAsync(stream, 4, Ct);

        var kept = await ReadAsync(stream);
        Assert.Equal([(origin, 2L, 4L), (origin, 3L, 5L), (stream, 6L, 6L)], kept.Select(@event => (@event.StreamName, @event.StreamVersion, @event.Number)));
        await AssertNumbersAsync(origin, 1, 2, 3);

        // What is no longer linked may be linked again, behind the end.
        Assert.Equal(7, (await Events.LinkAsync(stream, 6, [(await ReadAsync(origin))[0].EventId], Ct)).StreamVersion);
    }

    [Fact]
    public async Task Removed_ids_are_forgotten()
    {
        var stream = NewStream();
        var events = Numbered(3);
        await Events.AppendManyAsync(stream, ExpectedVersion.NoStream, events, Ct);
        await Events.Streams.TruncateAsync(stream, 3, Ct);
        Assert.Equal(5, (await Events.AppendManyAsync(stream, 3, events[..2], Ct)).StreamVersion);
        Assert.Equal(Versions(3, 5), await VersionsAsync(stream));
    }

    [Fact]
    public async Task Appends_at_the_same_time_are_neither_lost_nor_doubled()
    {
        await using var second = Fixture.CreateStore(Database);
        for (var round = 0; round < 15; round++)
        {
            var stream = await StreamAsync(1);
            var outcomes = await AtOnceAsync(8, async index =>
            {
                var store = index % 2 == 0 ? Events : second.Events;
                if (index is 3 or 6)
                {
                    await store.Streams.TruncateAsync(stream, index, Ct);
                    return 0;
                }

                for (var append = 0; append < 4; append++)
                    await store.AppendManyAsync(stream, ExpectedVersion.StreamExists, Numbered(2), Ct);

                return 8;
            });
            Assert.All(outcomes, outcome => Assert.Null(outcome.Exception));

            var info = await InfoAsync(stream);
            Assert.Equal(1 + outcomes.Sum(outcome => outcome.Result), info.Version);
            Assert.InRange(info.OldestVersion, 1, 6);
            Assert.Equal(Versions(info.OldestVersion, info.Version), await VersionsAsync(stream));
        }
    }

    private static IEnumerable<long> Versions(long first, long last) => Enumerable.Range((int)first, (int)(last - first + 1)).Select(version => (long)version);

    private async Task<StreamName> StreamAsync(int events)
    {
        var stream = NewStream();
        await Events.AppendManyAsync(stream, ExpectedVersion.NoStream, Numbered(events), Ct);
        return stream;
    }

    private async Task<StreamInfo> InfoAsync(StreamName stream) => Assert.IsType<StreamInfo>(await Events.Streams.FindAsync(stream, Ct));

    private async Task<IEnumerable<long>> VersionsAsync(StreamName stream, ReadOptions? options = null)
        => (await ReadAsync(stream, options)).Select(@event => @event.StreamVersion);

    private async Task<IEnumerable<long>> NumbersInAsync(StreamName stream, ReadOptions options)
        => (await ReadAsync(stream, options)).Select(@event => @event.Number);
}
