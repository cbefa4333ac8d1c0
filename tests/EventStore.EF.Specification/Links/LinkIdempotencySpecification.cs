namespace EventStore.EF.Specification;

/// <summary>Linking the same events again, or where they are already: an event is in a stream at most once.</summary>
public abstract class LinkIdempotencySpecification(StoreFixture fixture) : LinkSuite(fixture)
{
    public static TheoryData<ExpectedVersion> EveryExpectation
        => [ExpectedVersion.Any, ExpectedVersion.NoStream, ExpectedVersion.StreamExists, ExpectedVersion.At(1), ExpectedVersion.At(3), ExpectedVersion.At(99)];

    [Theory]
    [MemberData(nameof(EveryExpectation), DisableDiscoveryEnumeration = true)]
    public async Task The_same_links_again_return_the_first_result_whatever_is_expected(ExpectedVersion expected)
    {
        var (source, target) = (await StreamAsync(3), NewStream());
        await Events.AppendAsync(target, ExpectedVersion.NoStream, new Numbered(0), cancellationToken: Ct);
        var first = await Events.LinkAsync(target, 1, Ids(source[2], source[0]), Ct);
        await Events.AppendAsync(target, ExpectedVersion.Any, new Numbered(4), cancellationToken: Ct);
        await AssertRepeatsAsync(first, target, expected, source[2], source[0]);
    }

    [Fact]
    public async Task The_same_links_again_return_the_first_result_of_a_target_deleted_by_now()
    {
        var (source, target) = (await StreamAsync(2), NewStream());
        var first = await Events.LinkAsync(target, ExpectedVersion.Any, source, Ct);
        await Database.DeleteStreamAsync(target);
        await AssertRepeatsAsync(first, target, ExpectedVersion.Any, [.. source]);
    }

    [Fact]
    public async Task Linked_events_with_a_new_one_throw_and_link_nothing()
    {
        var (source, target) = (await StreamAsync(3), NewStream());
        await Events.LinkAsync(target, ExpectedVersion.Any, Ids(source[0], source[1]), Ct);
        await AssertDuplicateAsync(source[0], target, ExpectedVersion.Any, source[0], source[1], source[2]);
        await AssertDuplicateAsync(source[1], target, ExpectedVersion.Any, source[2], source[1]);
    }

    [Fact]
    public async Task Linked_events_in_another_order_throw_and_link_nothing()
    {
        var (source, target) = (await StreamAsync(2), NewStream());
        await Events.LinkAsync(target, ExpectedVersion.Any, source, Ct);
        await AssertDuplicateAsync(source[1], target, ExpectedVersion.Any, source[1], source[0]);
    }

    [Fact]
    public async Task Linked_events_that_don_t_stand_side_by_side_throw_and_link_nothing()
    {
        var (source, target) = (await StreamAsync(3), NewStream());
        await Events.LinkAsync(target, ExpectedVersion.Any, source, Ct);
        await AssertDuplicateAsync(source[0], target, ExpectedVersion.Any, source[0], source[2]);
    }

    [Fact]
    public async Task An_event_twice_in_one_call_throws_and_links_nothing()
    {
        var source = await StreamAsync(2);
        await AssertDuplicateAsync(source[0], NewStream(), ExpectedVersion.Any, source[0], source[1], source[0]);
    }

    [Fact]
    public async Task Events_that_were_born_in_the_target_throw_and_link_nothing()
    {
        var (own, source) = (await StreamAsync(2), await StreamAsync(1));
        await AssertDuplicateAsync(own[0], own[0].StreamName, ExpectedVersion.Any, own[0]);
        await AssertDuplicateAsync(own[0], own[0].StreamName, 2, own[0], own[1]);
        await AssertDuplicateAsync(own[1], own[0].StreamName, ExpectedVersion.Any, source[0], own[1]);
    }

    [Fact]
    public async Task A_linked_event_s_id_can_t_be_appended_to_the_target()
    {
        var (source, target) = (await StreamAsync(1), NewStream());
        await Events.LinkAsync(target, ExpectedVersion.Any, source, Ct);
        var exception = await ThrowsAndWritesNothingAsync<DuplicateEventException>(
            () => Events.AppendManyAsync(target, ExpectedVersion.Any, [new NewEvent(new Numbered(1)) { EventId = source[0].EventId }], Ct));
        Assert.Equal(source[0].EventId, exception.EventId);
    }

    [Fact]
    public async Task A_call_that_was_refused_may_be_made_again()
    {
        var (source, target) = (await StreamAsync(2), NewStream());
        await Assert.ThrowsAsync<WrongExpectedVersionException>(() => Events.LinkAsync(target, 5, source, Ct));
        Assert.Equal(2, (await Events.LinkAsync(target, ExpectedVersion.NoStream, source, Ct)).StreamVersion);
    }

    [Fact]
    public async Task One_event_may_be_in_many_streams()
    {
        var source = await StreamAsync(1);
        for (var index = 0; index < 5; index++)
            Assert.Equal(1, (await Events.LinkAsync(NewStream(), ExpectedVersion.NoStream, source, Ct)).StreamVersion);
    }

    private async Task AssertRepeatsAsync(AppendResult first, StreamName target, ExpectedVersion expected, params RecordedEvent[] events)
    {
        var before = await Database.ContentAsync();
        Assert.Equal(first, await Events.LinkAsync(target, expected, events, Ct));
        Assert.Equal(before, await Database.ContentAsync());
    }

    private async Task AssertDuplicateAsync(RecordedEvent duplicate, StreamName target, ExpectedVersion expected, params RecordedEvent[] events)
    {
        var exception = await ThrowsAndWritesNothingAsync<DuplicateEventException>(() => Events.LinkAsync(target, expected, events, Ct));
        Assert.Equal(duplicate.EventId, exception.EventId);
    }
}
