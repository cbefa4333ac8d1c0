namespace EventStore.EF.Specification;

/// <summary>Putting existing events into another stream too.</summary>
public abstract class LinkSpecification(StoreFixture fixture) : LinkSuite(fixture)
{
    [Fact]
    public async Task Links_are_read_in_the_order_given_with_the_place_they_were_born_at_and_a_number_of_their_own()
    {
        var (first, second) = (await StreamAsync(3), await StreamAsync(2, firstNumber: 11));
        var target = NewStream();
        RecordedEvent[] linked = [second[1], first[2], second[0], first[0]];

        var result = await Events.LinkAsync(target, ExpectedVersion.NoStream, Ids(linked), Ct);

        Assert.Equal(new(4, linked[0].Position, linked[3].Position), result);
        var read = await ReadAsync(target);
        Assert.Equal(linked.Select(Place), read.Select(Place));
        Assert.Equal([1, 2, 3, 4], read.Select(@event => (int)@event.Number));
        Assert.Equal([12, 3, 11, 1], read.Select(@event => @event.As<Numbered>().Number));
        Assert.Equal(linked.Select(@event => @event.CreatedAt), read.Select(@event => @event.CreatedAt));
    }

    [Fact]
    public async Task Links_copy_nothing_and_don_t_show_again_where_all_events_are_read()
    {
        var source = await StreamAsync(3);
        var before = (await Database.ContentAsync()).Events;
        await Events.LinkAsync(NewStream(), ExpectedVersion.Any, source, Ct);
        await Events.LinkAsync(NewStream(), ExpectedVersion.Any, source, Ct);

        Assert.Equal(before, (await Database.ContentAsync()).Events);
        var all = await ToListAsync(Events.ReadAllAsync(new() { From = source[0].Position }, Ct));
        Assert.Equal(source.Select(Place), all.Where(@event => source.Any(one => one.EventId == @event.EventId)).Select(Place));
    }

    [Fact]
    public async Task Appends_and_links_are_numbered_together_in_one_stream()
    {
        var (source, target) = (await StreamAsync(4), NewStream());
        Assert.Equal(2, (await Events.AppendManyAsync(target, ExpectedVersion.NoStream, Numbered(2, first: 21), Ct)).StreamVersion);
        Assert.Equal(4, (await Events.LinkAsync(target, 2, Ids(source[2], source[0]), Ct)).StreamVersion);
        Assert.Equal(5, (await Events.AppendAsync(target, 4, new Numbered(23), cancellationToken: Ct)).StreamVersion);
        Assert.Equal(6, (await Events.LinkAsync(target, ExpectedVersion.StreamExists, Ids(source[3]), Ct)).StreamVersion);
        Assert.Equal(7, (await Events.AppendAsync(target, ExpectedVersion.Any, new Numbered(24), cancellationToken: Ct)).StreamVersion);

        var read = await ReadAsync(target);
        Assert.Equal([21, 22, 3, 1, 23, 4, 24], read.Select(@event => @event.As<Numbered>().Number));
        Assert.Equal([1, 2, 3, 4, 5, 6, 7], read.Select(@event => (int)@event.Number));
        Assert.Equal([1, 2, 3, 1, 5, 4, 7], read.Select(@event => (int)@event.StreamVersion));
        Assert.Equal(7, (await Events.Streams.FindAsync(target, Ct))!.Version);
    }

    [Fact]
    public async Task A_thousand_events_are_linked_in_one_call()
    {
        var (source, target) = (await StreamAsync(1_000), NewStream());
        RecordedEvent[] reversed = [.. source.AsEnumerable().Reverse()];
        Assert.Equal(1_000, (await Events.LinkAsync(target, ExpectedVersion.NoStream, reversed, Ct)).StreamVersion);
        Assert.Equal(Enumerable.Range(1, 1_000).Reverse(), await NumbersAsync(target, new() { PageSize = 300 }));
    }

    [Fact]
    public async Task Links_can_be_linked_on_as_they_were_read()
    {
        var (source, first, second) = (await StreamAsync(3), NewStream(), NewStream());
        await Events.AppendAsync(second, ExpectedVersion.NoStream, new Numbered(99), cancellationToken: Ct);
        await Events.LinkAsync(first, ExpectedVersion.NoStream, Ids(source[2], source[1]), Ct);
        await Events.LinkAsync(second, 1, await ReadAsync(first), Ct);

        var read = await ReadAsync(second);
        Assert.Equal([99, 3, 2], read.Select(@event => @event.As<Numbered>().Number));
        Assert.Equal([Place(source[2]), Place(source[1])], read.Skip(1).Select(Place));
        Assert.Equal([1, 2, 3], read.Select(@event => (int)@event.Number));
    }

    [Fact]
    public async Task What_is_beside_an_event_is_read_through_its_link_too()
    {
        var (source, target) = (NewStream(), NewStream());
        var given = new NewEvent(new Noted("linked")) { CorrelationId = Guid.NewGuid(), CausationId = Guid.NewGuid(), Metadata = new() { ["user"] = "ada" } };
        await Events.AppendManyAsync(source, ExpectedVersion.Any, [given], Ct);
        await Events.LinkAsync(target, ExpectedVersion.Any, [given.EventId], Ct);
        var read = Assert.Single(await ReadAsync(target));
        Assert.Equal(
            (given.EventId, given.CorrelationId, given.CausationId, "ada", "linked"),
            (read.EventId, read.CorrelationId, read.CausationId, read.Metadata["user"], read.As<Noted>().Text));
    }

    [Fact]
    public async Task Links_to_a_deleted_stream_s_events_stay_and_new_ones_may_be_made()
    {
        var (source, target) = (await StreamAsync(2), NewStream());
        await Events.LinkAsync(target, ExpectedVersion.NoStream, Ids(source[0]), Ct);
        await Database.DeleteStreamAsync(source[0].StreamName);
        await Events.LinkAsync(target, 1, Ids(source[1]), Ct);
        await AssertNumbersAsync(target, 1, 2);
    }

    public static TheoryData<ExpectedVersion> Accepted => [ExpectedVersion.Any, ExpectedVersion.StreamExists, ExpectedVersion.At(2)];

    [Theory]
    [MemberData(nameof(Accepted), DisableDiscoveryEnumeration = true)]
    public async Task An_expectation_that_holds_links(ExpectedVersion expected)
    {
        var (source, target) = (await StreamAsync(1), await StreamAsync(2));
        Assert.Equal(3, (await Events.LinkAsync(target[0].StreamName, expected, source, Ct)).StreamVersion);
    }

    public static TheoryData<ExpectedVersion> Creating => [ExpectedVersion.Any, ExpectedVersion.NoStream, ExpectedVersion.At(0)];

    [Theory]
    [MemberData(nameof(Creating), DisableDiscoveryEnumeration = true)]
    public async Task A_missing_target_is_created(ExpectedVersion expected)
    {
        var target = NewStream();
        Assert.Equal(2, (await Events.LinkAsync(target, expected, await StreamAsync(2), Ct)).StreamVersion);
        await AssertNumbersAsync(target, 1, 2);
    }

    public static TheoryData<ExpectedVersion> Refused => [ExpectedVersion.NoStream, ExpectedVersion.At(1), ExpectedVersion.At(3), ExpectedVersion.At(long.MaxValue)];

    [Theory]
    [MemberData(nameof(Refused), DisableDiscoveryEnumeration = true)]
    public async Task A_target_at_another_version_throws_and_links_nothing(ExpectedVersion expected)
    {
        var (source, target) = (await StreamAsync(1), (await StreamAsync(2))[0].StreamName);
        var exception = await ThrowsAndWritesNothingAsync<WrongExpectedVersionException>(() => Events.LinkAsync(target, expected, source, Ct));
        Assert.Equal((target, expected, 2), (exception.Stream, exception.Expected, exception.Actual));
        await AssertNumbersAsync(target, 1, 2);
    }

    [Fact]
    public async Task A_missing_target_that_must_exist_throws_and_links_nothing()
    {
        var (source, target) = (await StreamAsync(1), NewStream());
        Assert.Equal(target, (await ThrowsAndWritesNothingAsync<StreamNotFoundException>(() => Events.LinkAsync(target, ExpectedVersion.StreamExists, source, Ct))).Stream);
        Assert.Equal((target, 0), Outcome(await ThrowsAndWritesNothingAsync<WrongExpectedVersionException>(() => Events.LinkAsync(target, 4, source, Ct))));

        static (StreamName, long) Outcome(WrongExpectedVersionException exception) => (exception.Stream, exception.Actual);
    }

    public static TheoryData<ExpectedVersion> EveryExpectation
        => [ExpectedVersion.Any, ExpectedVersion.NoStream, ExpectedVersion.StreamExists, ExpectedVersion.At(2), ExpectedVersion.At(9)];

    [Theory]
    [MemberData(nameof(EveryExpectation), DisableDiscoveryEnumeration = true)]
    public async Task A_deleted_target_throws_and_links_nothing(ExpectedVersion expected)
    {
        var (source, target) = (await StreamAsync(1), (await StreamAsync(2))[0].StreamName);
        await Database.DeleteStreamAsync(target);
        Assert.Equal(target, (await ThrowsAndWritesNothingAsync<StreamDeletedException>(() => Events.LinkAsync(target, expected, source, Ct))).Stream);
    }

    [Fact]
    public async Task What_is_no_call_is_refused()
    {
        var source = await StreamAsync(1);
        await ThrowsAndWritesNothingAsync<ArgumentException>(() => Events.LinkAsync(NewStream(), ExpectedVersion.Any, Array.Empty<Guid>(), Ct));
        await ThrowsAndWritesNothingAsync<ArgumentException>(() => Events.LinkAsync(NewStream(), ExpectedVersion.Any, Array.Empty<RecordedEvent>(), Ct));
        await ThrowsAndWritesNothingAsync<ArgumentNullException>(() => Events.LinkAsync(NewStream(), ExpectedVersion.Any, (Guid[])null!, Ct));
        await ThrowsAndWritesNothingAsync<ArgumentNullException>(() => Events.LinkAsync(NewStream(), ExpectedVersion.Any, (RecordedEvent[])null!, Ct));
        await ThrowsAndWritesNothingAsync<ArgumentException>(() => Events.LinkAsync(default, ExpectedVersion.Any, source, Ct));
        await ThrowsAndWritesNothingAsync<ArgumentException>(() => Events.LinkAsync("$all", ExpectedVersion.Any, source, Ct));
    }
}
