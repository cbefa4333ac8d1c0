using EventStore.EF.Append;
using EventStore.EF.Storage;

namespace EventStore.EF.Tests.Append;

public class AppendOutcomeTests
{
    private static readonly Guid[] Ids = [Guid.Parse("00000000-0000-0000-0000-000000000001"), Guid.Parse("00000000-0000-0000-0000-000000000002")];
    private static readonly Guid OtherId = Guid.Parse("00000000-0000-0000-0000-000000000003");

    [Fact]
    public void The_same_events_at_the_same_place_are_the_first_call_s_result_whatever_is_expected()
    {
        StandingEvent[] standing = [new(Ids[1], "orders", 4, 90), new(Ids[0], "orders", 3, 80)];

        AssertResults([new(4, 80, 90)], Decide(Append(ExpectedVersion.At(9)), new(4, IsDeleted: false, standing)));
        AssertResults([new(4, 80, 90)], Decide(Append(ExpectedVersion.NoStream), new(4, IsDeleted: true, standing)));
    }

    [Theory]
    [InlineData("orders", 3, "orders", 5)]
    [InlineData("orders", 4, "orders", 3)]
    [InlineData("orders", 3, "others", 4)]
    public void The_same_ids_at_another_place_are_duplicates(string firstStream, long firstVersion, string secondStream, long secondVersion)
    {
        StandingEvent[] standing = [new(Ids[0], firstStream, firstVersion, 80), new(Ids[1], secondStream, secondVersion, 90)];

        var duplicate = Assert.Throws<DuplicateEventException>(() => Decide(Append(ExpectedVersion.Any), new(9, IsDeleted: false, standing)));
        Assert.Equal(Ids[0], duplicate.EventId);
    }

    [Fact]
    public void A_part_of_the_ids_is_a_duplicate_that_names_the_first_one_standing()
    {
        var duplicate = Assert.Throws<DuplicateEventException>(
            () => Decide(Append(ExpectedVersion.Any), new(1, IsDeleted: false, [new(Ids[1], "orders", 1, 1)])));
        Assert.Equal(Ids[1], duplicate.EventId);
    }

    [Fact]
    public void A_deleted_stream_is_deleted_whatever_is_expected()
    {
        foreach (var expected in (ExpectedVersion[])[ExpectedVersion.Any, ExpectedVersion.NoStream, ExpectedVersion.StreamExists, 3])
            Assert.Throws<StreamDeletedException>(() => Decide(Append(expected), new(3, IsDeleted: true, [])));
    }

    [Fact]
    public void A_missing_stream_is_tried_again_where_it_may_be_created()
    {
        Assert.Null(Decide(Append(ExpectedVersion.Any), new(null, IsDeleted: false, [])));
        Assert.Null(Decide(Append(ExpectedVersion.NoStream), new(null, IsDeleted: false, [])));
        Assert.Throws<StreamNotFoundException>(() => Decide(Append(ExpectedVersion.StreamExists), new(null, IsDeleted: false, [])));

        var conflict = Assert.Throws<WrongExpectedVersionException>(() => Decide(Append(2), new(null, IsDeleted: false, [])));
        Assert.Equal(0, conflict.Actual);
    }

    [Fact]
    public void A_version_that_satisfies_the_caller_by_now_is_tried_again()
    {
        Assert.Null(Decide(Append(2), new(2, IsDeleted: false, [])));
        Assert.Null(Decide(Append(ExpectedVersion.StreamExists), new(7, IsDeleted: false, [])));
        Assert.Null(Decide(Append(ExpectedVersion.NoStream), new(0, IsDeleted: false, [])));
    }

    [Fact]
    public void A_stale_version_is_a_conflict_that_carries_stream_expected_and_actual()
    {
        var conflict = Assert.Throws<WrongExpectedVersionException>(() => Decide(Append(2), new(5, IsDeleted: false, [])));

        Assert.Equal("orders", conflict.Stream);
        Assert.Equal(ExpectedVersion.At(2), conflict.Expected);
        Assert.Equal(5, conflict.Actual);
        Assert.Throws<WrongExpectedVersionException>(() => Decide(Append(ExpectedVersion.NoStream), new(5, IsDeleted: false, [])));
    }

    [Fact]
    public void Of_several_streams_the_first_in_conflict_is_named()
    {
        StreamPlan[] plans = [Append(ExpectedVersion.Any), Other(2), new ConditionPlan("audit", 7)];
        var fine = new StreamInspection(1, IsDeleted: false, []);

        Assert.Equal("others", Assert.Throws<WrongExpectedVersionException>(() => Decide(plans, fine, new(3, false, []), new(8, false, []))).Stream);
        Assert.Equal("audit", Assert.Throws<WrongExpectedVersionException>(() => Decide(plans, fine, new(2, false, []), new(8, false, []))).Stream);
        Assert.Equal("others", Assert.Throws<StreamDeletedException>(() => Decide(plans, fine, new(2, true, []), new(8, false, []))).Stream);
        Assert.Null(Decide(plans, fine, new(2, false, []), new(7, false, [])));
    }

    [Fact]
    public void Several_streams_that_all_stand_already_are_the_first_call_s_results()
    {
        StreamPlan[] plans = [Append(ExpectedVersion.NoStream), new ConditionPlan("audit", 7), Other(ExpectedVersion.NoStream)];
        StandingEvent[] orders = [new(Ids[0], "orders", 1, 80), new(Ids[1], "orders", 2, 81)];
        StandingEvent[] others = [new(OtherId, "others", 1, 82)];

        AssertResults([new(2, 80, 81), new(9, 0, 0), new(1, 82, 82)], Decide(plans, new(2, false, orders), new(9, false, []), new(1, true, others)));
        Assert.Equal(
            Ids[0], Assert.Throws<DuplicateEventException>(() => Decide(plans, new(2, false, orders), new(9, false, []), new(null, false, []))).EventId);
        Assert.Equal(
            OtherId, Assert.Throws<DuplicateEventException>(() => Decide(plans, new(null, false, []), new(9, false, []), new(1, false, others))).EventId);
    }

    [Fact]
    public void A_condition_on_a_missing_stream_holds_where_no_stream_is_expected()
    {
        StreamPlan[] plans = [Append(ExpectedVersion.Any), new ConditionPlan("audit", ExpectedVersion.NoStream)];

        Assert.Null(Decide(plans, new(1, false, []), new(null, false, [])));
        Assert.Equal(
            "audit", Assert.Throws<WrongExpectedVersionException>(() => Decide(plans, new(1, false, []), new(3, false, []))).Stream);
    }

    [Fact]
    public void The_same_links_at_the_same_place_are_the_first_call_s_result()
    {
        var links = new LinkPlan("orders", ExpectedVersion.NoStream, Ids);

        AssertResults([new(4, 20, 10)], Decide(links, new(9, false, [Link(0, 3, 20), Link(1, 4, 10)])));
        Assert.Throws<DuplicateEventException>(() => Decide(links, new(9, false, [Link(0, 3, 20)])));
        Assert.Throws<DuplicateEventException>(() => Decide(links, new(9, false, [Link(0, 4, 20), Link(1, 3, 10)])));
    }

    [Fact]
    public void Events_that_were_born_in_the_target_of_a_link_are_duplicates()
    {
        var links = new LinkPlan("orders", ExpectedVersion.Any, Ids);

        var duplicate = Assert.Throws<DuplicateEventException>(
            () => Decide(links, new(2, false, [new(Ids[0], "orders", 1, 80), new(Ids[1], "orders", 2, 90)])));
        Assert.Equal(Ids[0], duplicate.EventId);
    }

    [Fact]
    public void A_link_to_an_unknown_event_names_it_before_anything_that_is_wrong_with_the_stream()
    {
        var links = new LinkPlan("orders", 7, Ids);

        foreach (var isDeleted in (bool[])[false, true])
        {
            var unknown = Assert.Throws<EventNotFoundException>(() => Decide(links, new(3, isDeleted, [], Ids[1])));
            Assert.Equal(Ids[1], unknown.EventId);
        }
    }

    [Fact]
    public void In_a_snapshot_a_version_can_t_be_told_and_nothing_is_tried_again()
    {
        foreach (var found in (long?[])[null, 3, 5])
        {
            var conflict = Assert.Throws<TransactionConflictException>(
                () => AppendOutcome.Decide([Append(3)], new([new(found, IsDeleted: false, [])], IsSnapshot: true)));
            Assert.Equal("orders", conflict.Stream);
        }

        Assert.Throws<StreamNotFoundException>(
            () => AppendOutcome.Decide([Append(ExpectedVersion.StreamExists)], new([new(null, IsDeleted: false, [])], IsSnapshot: true)));
        Assert.Throws<StreamDeletedException>(() => AppendOutcome.Decide([Append(3)], new([new(3, IsDeleted: true, [])], IsSnapshot: true)));
        StandingEvent[] standing = [new(Ids[0], "orders", 1, 80), new(Ids[1], "orders", 2, 90)];
        AssertResults([new(2, 80, 90)], AppendOutcome.Decide([Append(3)], new([new(2, IsDeleted: false, standing)], IsSnapshot: true)));
    }

    private static AppendResult[]? Decide(StreamPlan plan, StreamInspection found) => Decide([plan], found);

    private static AppendResult[]? Decide(StreamPlan[] plans, params StreamInspection[] found) => AppendOutcome.Decide(plans, new(found));

    private static void AssertResults(AppendResult[] expected, AppendResult[]? actual) => Assert.Equal<IEnumerable<AppendResult>?>(expected, actual);

    private static StandingEvent Link(int id, long number, long position) => new(Ids[id], "orders", number, position, IsLink: true);

    private static AppendPlan Append(ExpectedVersion expected) => new("orders", expected, [.. Ids.Select(Planned)]);

    private static AppendPlan Other(ExpectedVersion expected) => new("others", expected, [Planned(OtherId)]);

    private static PlannedEvent Planned(Guid id) => new(id, "placed", 1, [], null, IsJson: true, null, null, null);
}
