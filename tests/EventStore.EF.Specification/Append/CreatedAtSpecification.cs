namespace EventStore.EF.Specification;

/// <summary>Appending with a time of the caller's: the import of old data.</summary>
public abstract class CreatedAtSpecification(StoreFixture fixture) : StoreSpecification(fixture)
{
    private static readonly DateTimeOffset Then = new(2003, 4, 5, 6, 7, 8, 90, TimeSpan.Zero);

    /// <summary>The steps in which this database keeps times.</summary>
    protected abstract TimeSpan Precision { get; }

    [Fact]
    public async Task The_time_given_is_that_of_the_events_and_of_the_stream_they_create()
    {
        var stream = NewStream();
        var before = await Database.NowAsync();
        await ImportAsync(stream, Then, Numbered(3));
        Assert.All(await ReadAsync(stream), @event => Assert.Equal((Then, TimeSpan.Zero), (@event.CreatedAt, @event.CreatedAt.Offset)));

        var info = (await Events.Streams.FindAsync(stream, Ct))!;
        Assert.Equal((Then, TimeSpan.Zero), (info.CreatedAt, info.CreatedAt.Offset));
        Assert.InRange(info.LastActivityAt, before.AddMilliseconds(-1), (await Database.NowAsync()).AddMilliseconds(1));
    }

    [Fact]
    public async Task A_stream_that_exists_keeps_its_own_time()
    {
        var stream = NewStream();
        await ImportAsync(stream, Then, Numbered(1));
        await ImportAsync(stream, Then.AddYears(-1), Numbered(1));
        await Events.AppendManyAsync(stream, 2, Numbered(1), Ct);

        var events = await ReadAsync(stream);
        Assert.Equal([Then, Then.AddYears(-1)], events[..2].Select(@event => @event.CreatedAt));
        Assert.True(events[2].CreatedAt > Then.AddYears(1));
        Assert.Equal(Then, (await Events.Streams.FindAsync(stream, Ct))!.CreatedAt);
        Assert.Equal(events.Select(@event => @event.Position).Order(), events.Select(@event => @event.Position));
    }

    [Fact]
    public async Task Each_stream_of_an_append_has_its_own_time_or_the_database_s()
    {
        var (first, second, now) = (NewStream(), NewStream(), NewStream());
        var before = await Database.NowAsync();
        await Events.AppendManyAsync(
            [
                new StreamAppend(first, ExpectedVersion.NoStream, Numbered(2)) { CreatedAt = Then },
                new StreamAppend(now, ExpectedVersion.NoStream, Numbered(1)),
                new StreamAppend(second, ExpectedVersion.NoStream, Numbered(1)) { CreatedAt = Then.AddDays(1) },
            ], Ct);
        Assert.All(await ReadAsync(first), @event => Assert.Equal(Then, @event.CreatedAt));
        Assert.Equal(Then.AddDays(1), Assert.Single(await ReadAsync(second)).CreatedAt);
        Assert.InRange(Assert.Single(await ReadAsync(now)).CreatedAt, before.AddMilliseconds(-1), (await Database.NowAsync()).AddMilliseconds(1));
    }

    [Fact]
    public async Task The_offset_of_the_time_given_does_not_matter()
    {
        foreach (var offset in (double[])[-12, -9.5, 0, 1, 5.75, 14])
        {
            var stream = NewStream();
            await ImportAsync(stream, Then.ToOffset(TimeSpan.FromHours(offset)), Numbered(1));
            var @event = Assert.Single(await ReadAsync(stream));
            Assert.Equal((Then, TimeSpan.Zero), (@event.CreatedAt, @event.CreatedAt.Offset));
            Assert.Equal(Then, (await Events.Streams.FindAsync(stream, Ct))!.CreatedAt);
        }
    }

    [Fact]
    public async Task Times_are_kept_to_the_database_s_precision()
    {
        foreach (var ticks in (long[])[0, 1, 9, 10, 11, 4_999, 5_000, 9_999, 10_000, 1_234_567, 1_200_000, 9_999_999])
        {
            var stream = NewStream();
            var given = new DateTimeOffset(2024, 2, 29, 23, 59, 59, TimeSpan.Zero).AddTicks(ticks);
            await ImportAsync(stream, given, Numbered(1));
            var kept = Assert.Single(await ReadAsync(stream)).CreatedAt;
            Assert.Equal(0, kept.Ticks % Precision.Ticks);
            Assert.InRange((given - kept).Duration(), TimeSpan.Zero, Precision - TimeSpan.FromTicks(1));
            Assert.Equal(kept, (await Events.Streams.FindAsync(stream, Ct))!.CreatedAt);
        }
    }

    [Fact]
    public async Task Times_of_every_age_come_back()
    {
        foreach (var given in (DateTimeOffset[])
        [
            DateTimeOffset.MinValue, new(1, 1, 1, 0, 0, 0, 1, TimeSpan.Zero), new(1582, 10, 15, 0, 0, 0, TimeSpan.Zero), new(1899, 12, 31, 23, 59, 59, 999, TimeSpan.Zero),
            DateTimeOffset.UnixEpoch, new(2000, 1, 1, 0, 0, 0, TimeSpan.Zero), new(2400, 2, 29, 12, 0, 0, 120, TimeSpan.Zero), new(9999, 12, 31, 23, 59, 59, 999, TimeSpan.Zero),
        ])
        {
            var stream = NewStream();
            await ImportAsync(stream, given, Numbered(1));
            Assert.Equal(given, Assert.Single(await ReadAsync(stream)).CreatedAt);
            Assert.Equal(given, (await Events.Streams.FindAsync(stream, Ct))!.CreatedAt);
        }
    }

    [Fact]
    public async Task A_repeated_append_returns_the_first_result_and_leaves_the_time()
    {
        var stream = NewStream();
        var events = Numbered(2);
        var first = await ImportAsync(stream, Then, events);
        Assert.Equal(first, await ImportAsync(stream, Then.AddDays(1), events));
        Assert.Equal(first, await Events.AppendManyAsync(stream, ExpectedVersion.NoStream, events, Ct));
        Assert.All(await ReadAsync(stream), @event => Assert.Equal(Then, @event.CreatedAt));
    }

    private async Task<AppendResult> ImportAsync(StreamName stream, DateTimeOffset createdAt, NewEvent[] events)
        => Assert.Single(await Events.AppendManyAsync([new StreamAppend(stream, ExpectedVersion.Any, events) { CreatedAt = createdAt }], Ct));
}
