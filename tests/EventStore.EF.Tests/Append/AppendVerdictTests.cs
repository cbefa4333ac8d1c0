namespace EventStore.EF.Tests.Append;

public class AppendVerdictTests
{
    private static readonly Guid[] Ids = [Guid.Parse("00000000-0000-0000-0000-000000000001"), Guid.Parse("00000000-0000-0000-0000-000000000002")];

    [Fact]
    public void The_same_events_at_the_same_place_are_the_first_call_s_result_whatever_is_expected()
    {
        StandingEvent[] standing = [new(Ids[1], "orders", 4, 90), new(Ids[0], "orders", 3, 80)];

        Assert.Equal(new AppendResult(4, 80, 90), Decide(Plan(ExpectedVersion.At(9)), new(4, IsDeleted: false, standing)));
        Assert.Equal(new AppendResult(4, 80, 90), Decide(Plan(ExpectedVersion.NoStream), new(4, IsDeleted: true, standing)));
    }

    [Theory]
    [InlineData("orders", 3, "orders", 5)]
    [InlineData("orders", 4, "orders", 3)]
    [InlineData("orders", 3, "others", 4)]
    public void The_same_ids_at_another_place_are_duplicates(string firstStream, long firstVersion, string secondStream, long secondVersion)
    {
        StandingEvent[] standing = [new(Ids[0], firstStream, firstVersion, 80), new(Ids[1], secondStream, secondVersion, 90)];

        var duplicate = Assert.Throws<DuplicateEventException>(() => Decide(Plan(ExpectedVersion.Any), new(9, IsDeleted: false, standing)));
        Assert.Equal(Ids[0], duplicate.EventId);
    }

    [Fact]
    public void A_part_of_the_ids_is_a_duplicate_that_names_the_first_one_standing()
    {
        var duplicate = Assert.Throws<DuplicateEventException>(
            () => Decide(Plan(ExpectedVersion.Any), new(1, IsDeleted: false, [new(Ids[1], "orders", 1, 1)])));
        Assert.Equal(Ids[1], duplicate.EventId);
    }

    [Fact]
    public void A_deleted_stream_is_deleted_whatever_is_expected()
    {
        foreach (var expected in (ExpectedVersion[])[ExpectedVersion.Any, ExpectedVersion.NoStream, ExpectedVersion.StreamExists, 3])
            Assert.Throws<StreamDeletedException>(() => Decide(Plan(expected), new(3, IsDeleted: true, [])));
    }

    [Fact]
    public void A_missing_stream_is_tried_again_where_it_may_be_created()
    {
        Assert.Null(Decide(Plan(ExpectedVersion.Any), new(null, IsDeleted: false, [])));
        Assert.Null(Decide(Plan(ExpectedVersion.NoStream), new(null, IsDeleted: false, [])));
        Assert.Throws<StreamNotFoundException>(() => Decide(Plan(ExpectedVersion.StreamExists), new(null, IsDeleted: false, [])));

        var conflict = Assert.Throws<WrongExpectedVersionException>(() => Decide(Plan(2), new(null, IsDeleted: false, [])));
        Assert.Equal(0, conflict.Actual);
    }

    [Fact]
    public void A_version_that_satisfies_the_caller_by_now_is_tried_again()
    {
        Assert.Null(Decide(Plan(2), new(2, IsDeleted: false, [])));
        Assert.Null(Decide(Plan(ExpectedVersion.StreamExists), new(7, IsDeleted: false, [])));
        Assert.Null(Decide(Plan(ExpectedVersion.NoStream), new(0, IsDeleted: false, [])));
    }

    [Fact]
    public void A_stale_version_is_a_conflict_that_carries_stream_expected_and_actual()
    {
        var conflict = Assert.Throws<WrongExpectedVersionException>(() => Decide(Plan(2), new(5, IsDeleted: false, [])));

        Assert.Equal("orders", conflict.Stream);
        Assert.Equal(ExpectedVersion.At(2), conflict.Expected);
        Assert.Equal(5, conflict.Actual);
        Assert.Throws<WrongExpectedVersionException>(() => Decide(Plan(ExpectedVersion.NoStream), new(5, IsDeleted: false, [])));
    }

    [Fact]
    public void Events_that_were_born_in_the_target_of_a_link_are_duplicates_and_linked_ones_are_not()
    {
        var plan = new LinkPlan("orders", ExpectedVersion.Any, Ids);
        StandingEvent[] born = [new(Ids[0], "orders", 1, 80), new(Ids[1], "orders", 2, 90)];

        Assert.Equal(Ids[0], Assert.Throws<DuplicateEventException>(() => Decide(plan, new(2, IsDeleted: false, born))).EventId);
        Assert.Equal(new AppendResult(2, 80, 90), Decide(plan, new(2, IsDeleted: false, [.. born.Select(@event => @event with { IsLink = true })])));
    }

    [Fact]
    public void Of_several_streams_the_first_in_conflict_is_named()
    {
        StreamPlan[] plans = [new ConditionPlan("fine", 4), Plan(7), new ConditionPlan("later", ExpectedVersion.StreamExists)];
        StreamInspection[] found = [new(4, IsDeleted: false, []), new(5, IsDeleted: false, []), new(null, IsDeleted: false, [])];

        Assert.Equal("orders", Assert.Throws<WrongExpectedVersionException>(() => AppendVerdict.Decide(plans, new(found))).Stream);
    }

    [Fact]
    public void A_transaction_that_looks_at_the_past_can_t_tell_the_version()
    {
        foreach (var expected in (ExpectedVersion[])[2, 5, ExpectedVersion.Any])
        {
            Assert.Throws<TransactionConflictException>(
                () => AppendVerdict.Decide([Plan(expected)], new([new(5, IsDeleted: false, [])], IsSnapshot: true)));
        }
    }

    private static AppendResult? Decide(StreamPlan plan, StreamInspection found) => AppendVerdict.Decide([plan], new([found]))?[0];

    private static AppendPlan Plan(ExpectedVersion expected)
        => new("orders", expected, [.. Ids.Select(id => new PlannedEvent(id, "placed", 1, [], null, IsJson: true, null, null, null))]);
}
