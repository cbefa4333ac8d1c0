namespace EventStore.EF.Specification;

/// <summary>What the store tells of one stream.</summary>
public abstract class StreamInfoSpecification(StoreFixture fixture) : StoreSpecification(fixture)
{
    [Fact]
    public async Task A_missing_stream_is_null() => Assert.Null(await Events.Streams.FindAsync(NewStream(), Ct));

    [Fact]
    public async Task A_stream_without_a_name_is_refused()
        => await Assert.ThrowsAsync<ArgumentException>(() => Events.Streams.FindAsync(default, Ct));

    [Fact]
    public async Task A_stream_is_described_as_it_is()
    {
        var stream = NewStream();
        var before = await Database.NowAsync();
        await Events.AppendManyAsync(stream, ExpectedVersion.NoStream, Numbered(3), Ct);
        var after = await Database.NowAsync();

        var info = await InfoAsync(stream);
        Assert.Equal((stream, 3, 1, false), (info.Name, info.Version, info.OldestVersion, info.HasLinks));
        Assert.Null(info.DeletedAt);
        Assert.InRange(info.CreatedAt, before.AddMilliseconds(-1), after.AddMilliseconds(1));
        Assert.InRange(info.LastActivityAt, info.CreatedAt, after.AddMilliseconds(1));
        Assert.Equal((TimeSpan.Zero, TimeSpan.Zero), (info.CreatedAt.Offset, info.LastActivityAt.Offset));
    }

    [Fact]
    public async Task Names_that_differ_in_case_or_composition_are_different_streams()
    {
        var name = NewStream().Value;
        StreamName[] streams = [name + "é", name + "e\u0301", name + "É", name + "é "];
        foreach (var (index, stream) in streams.Index())
            await Events.AppendManyAsync(stream, ExpectedVersion.NoStream, Numbered(index + 1), Ct);

        foreach (var (index, stream) in streams.Index())
            Assert.Equal((stream, index + 1), ((await InfoAsync(stream)).Name, (await InfoAsync(stream)).Version));
    }

    [Fact]
    public async Task A_stream_with_links_says_so_and_counts_them_and_their_origin_does_not()
    {
        var (origin, target) = (NewStream(), NewStream());
        await Events.AppendManyAsync(origin, ExpectedVersion.NoStream, Numbered(2), Ct);
        await Events.AppendManyAsync(target, ExpectedVersion.NoStream, Numbered(1), Ct);
        await Events.LinkAsync(target, 1, await ReadAsync(origin), Ct);

        var (linked, untouched) = (await InfoAsync(target), await InfoAsync(origin));
        Assert.Equal((3, 1, true), (linked.Version, linked.OldestVersion, linked.HasLinks));
        Assert.Equal((2, 1, false), (untouched.Version, untouched.OldestVersion, untouched.HasLinks));
    }

    [Fact]
    public async Task A_deleted_stream_says_since_when_and_keeps_the_rest()
    {
        var stream = NewStream();
        await Events.AppendManyAsync(stream, ExpectedVersion.NoStream, Numbered(2), Ct);
        var live = await InfoAsync(stream);
        var before = await Database.NowAsync();
        await Events.Streams.DeleteAsync(stream, 2, Ct);
        var after = await Database.NowAsync();

        var deleted = await InfoAsync(stream);
        Assert.InRange(deleted.DeletedAt!.Value, before.AddMilliseconds(-1), after.AddMilliseconds(1));
        Assert.Equal(TimeSpan.Zero, deleted.DeletedAt.Value.Offset);
        Assert.Equal(live, deleted with { DeletedAt = null, LastActivityAt = live.LastActivityAt });

        await Events.Streams.UndeleteAsync(stream, Ct);
        Assert.Null((await InfoAsync(stream)).DeletedAt);
    }

    [Fact]
    public async Task Whatever_is_done_to_a_stream_moves_its_last_activity_and_not_its_creation()
    {
        var (stream, origin) = (NewStream(), NewStream());
        await Events.AppendManyAsync(origin, ExpectedVersion.NoStream, Numbered(1), Ct);
        await Events.AppendManyAsync(stream, ExpectedVersion.NoStream, Numbered(2), Ct);
        var created = (await InfoAsync(stream)).CreatedAt;
        foreach (var act in (Func<Task>[])
        [
            () => Events.AppendAsync(stream, ExpectedVersion.Any, new Numbered(3), cancellationToken: Ct),
            () => Events.AppendManyAsync([new StreamAppend(stream, ExpectedVersion.Any, Numbered(1)), new StreamAppend(NewStream(), ExpectedVersion.Any, Numbered(1))], Ct),
            async () => await Events.LinkAsync(stream, ExpectedVersion.Any, await ReadAsync(origin), Ct),
            () => Events.Streams.TruncateAsync(stream, 2, Ct),
            () => Events.Streams.DeleteAsync(stream, ExpectedVersion.Any, Ct),
            () => Events.Streams.UndeleteAsync(stream, Ct),
        ])
        {
            await Database.ExecuteAsync($"UPDATE {{streams}} SET last_activity_at = '2001-02-03 04:05:06.000' WHERE name = '{stream}'");
            var before = await Database.NowAsync();
            await act();
            var info = await InfoAsync(stream);
            Assert.InRange(info.LastActivityAt, before.AddMilliseconds(-1), (await Database.NowAsync()).AddMilliseconds(1));
            Assert.Equal(created, info.CreatedAt);
        }
    }

    private async Task<StreamInfo> InfoAsync(StreamName stream) => Assert.IsType<StreamInfo>(await Events.Streams.FindAsync(stream, Ct));
}
