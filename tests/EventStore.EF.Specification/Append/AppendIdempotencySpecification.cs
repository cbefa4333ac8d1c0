namespace EventStore.EF.Specification;

/// <summary>Appending the same ids again.</summary>
public abstract class AppendIdempotencySpecification(StoreFixture fixture) : StoreSpecification(fixture)
{
    public static TheoryData<ExpectedVersion> EveryExpectation
        => [ExpectedVersion.Any, ExpectedVersion.NoStream, ExpectedVersion.StreamExists, ExpectedVersion.At(1), ExpectedVersion.At(3), ExpectedVersion.At(99)];

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    [InlineData(1_000)]
    public async Task The_same_append_again_returns_the_first_result_and_writes_nothing(int count)
    {
        var stream = NewStream();
        var events = Numbered(count);
        var first = await Events.AppendManyAsync(stream, ExpectedVersion.NoStream, events, Ct);
        await AssertRepeatsAsync(first, stream, ExpectedVersion.NoStream, events);
    }

    [Theory]
    [MemberData(nameof(EveryExpectation), DisableDiscoveryEnumeration = true)]
    public async Task The_same_ids_again_return_the_first_result_whatever_is_expected(ExpectedVersion expected)
    {
        var stream = NewStream();
        await Events.AppendAsync(stream, ExpectedVersion.Any, new Numbered(0), cancellationToken: Ct);
        var events = Numbered(3);
        var first = await Events.AppendManyAsync(stream, ExpectedVersion.Any, events, Ct);
        await Events.AppendAsync(stream, ExpectedVersion.Any, new Numbered(4), cancellationToken: Ct);
        await AssertRepeatsAsync(first, stream, expected, events);
    }

    [Theory]
    [MemberData(nameof(EveryExpectation), DisableDiscoveryEnumeration = true)]
    public async Task The_same_ids_again_return_the_first_result_of_a_stream_deleted_by_now(ExpectedVersion expected)
    {
        var stream = NewStream();
        var events = Numbered(3);
        var first = await Events.AppendManyAsync(stream, ExpectedVersion.Any, events, Ct);
        await Database.DeleteStreamAsync(stream);
        await AssertRepeatsAsync(first, stream, expected, events);
    }

    [Fact]
    public async Task The_same_ids_with_other_content_return_the_first_result_and_leave_the_first_content()
    {
        var stream = NewStream();
        var events = Numbered(2);
        var first = await Events.AppendManyAsync(stream, ExpectedVersion.Any, events, Ct);
        NewEvent[] others = [new(new Noted("other")) { EventId = events[0].EventId }, new(new Noted("other")) { EventId = events[1].EventId }];
        await AssertRepeatsAsync(first, stream, ExpectedVersion.Any, others);
        await AssertNumbersAsync(stream, 1, 2);
    }

    [Fact]
    public async Task Standing_ids_with_a_new_one_behind_them_throw_and_write_nothing()
    {
        var stream = NewStream();
        var events = Numbered(2);
        await Events.AppendManyAsync(stream, ExpectedVersion.Any, events, Ct);
        await AssertDuplicateAsync(events[0], stream, ExpectedVersion.Any, [.. events, .. Numbered(1)]);
    }

    [Fact]
    public async Task Standing_ids_behind_a_new_one_throw_and_write_nothing()
    {
        var stream = NewStream();
        var events = Numbered(2);
        await Events.AppendManyAsync(stream, ExpectedVersion.Any, events, Ct);
        await AssertDuplicateAsync(events[0], stream, ExpectedVersion.Any, [.. Numbered(1), .. events]);
    }

    [Fact]
    public async Task Standing_ids_in_another_order_throw_and_write_nothing()
    {
        var stream = NewStream();
        var events = Numbered(2);
        await Events.AppendManyAsync(stream, ExpectedVersion.Any, events, Ct);
        await AssertDuplicateAsync(events[1], stream, ExpectedVersion.Any, [events[1], events[0]]);
    }

    [Fact]
    public async Task Standing_ids_that_don_t_stand_side_by_side_throw_and_write_nothing()
    {
        var stream = NewStream();
        var events = Numbered(3);
        await Events.AppendManyAsync(stream, ExpectedVersion.Any, events, Ct);
        await AssertDuplicateAsync(events[0], stream, ExpectedVersion.Any, [events[0], events[2]]);
    }

    [Fact]
    public async Task An_id_that_stands_in_another_stream_throws_and_writes_nothing()
    {
        var standing = new NewEvent(new Numbered(1));
        var stream = NewStream();
        await Events.AppendManyAsync(stream, ExpectedVersion.Any, [standing], Ct);
        var exception = await AssertDuplicateAsync(standing, NewStream(), ExpectedVersion.NoStream, [standing]);
        Assert.Contains(stream.Value, exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_repetition_counts_before_the_version()
    {
        var standing = new NewEvent(new Numbered(1));
        var stream = NewStream();
        await Events.AppendManyAsync(stream, ExpectedVersion.Any, [standing], Ct);
        await AssertDuplicateAsync(standing, stream, 77, [standing, .. Numbered(1)]);
    }

    [Fact]
    public async Task An_id_twice_in_one_append_throws_and_writes_nothing()
    {
        var id = Guid.CreateVersion7();
        NewEvent[] events = [new(new Numbered(1)) { EventId = id }, new(new Numbered(2)), new(new Numbered(3)) { EventId = id }];
        await AssertDuplicateAsync(events[0], NewStream(), ExpectedVersion.Any, events);
    }

    [Fact]
    public async Task An_id_that_was_refused_may_be_used_again()
    {
        var stream = NewStream();
        var refused = new NewEvent(new Numbered(1));
        await Assert.ThrowsAsync<WrongExpectedVersionException>(() => Events.AppendManyAsync(stream, 5, [refused], Ct));
        var result = await Events.AppendManyAsync(stream, ExpectedVersion.NoStream, [refused], Ct);
        Assert.Equal(1, result.StreamVersion);
        Assert.Equal(refused.EventId, Assert.Single(await ReadAsync(stream)).EventId);
    }

    private async Task AssertRepeatsAsync(AppendResult first, StreamName stream, ExpectedVersion expected, IReadOnlyCollection<NewEvent> events)
    {
        var before = await Database.ContentAsync();
        Assert.Equal(first, await Events.AppendManyAsync(stream, expected, events, Ct));
        Assert.Equal(before, await Database.ContentAsync());
    }

    private async Task<DuplicateEventException> AssertDuplicateAsync(NewEvent duplicate, StreamName stream, ExpectedVersion expected, IReadOnlyCollection<NewEvent> events)
    {
        var exception = await ThrowsAndWritesNothingAsync<DuplicateEventException>(() => Events.AppendManyAsync(stream, expected, events, Ct));
        Assert.Equal(duplicate.EventId, exception.EventId);
        Assert.Contains(duplicate.EventId.ToString(), exception.Message, StringComparison.Ordinal);
        return exception;
    }
}
