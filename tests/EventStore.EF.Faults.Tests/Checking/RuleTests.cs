namespace EventStore.EF.Faults.Tests.Checking;

/// <summary>Each rule finds what it is there for, beside what the planter plants.</summary>
public sealed class RuleTests
{
    private static Guid[] Ids => SoundHistory.Ids;

    [Fact]
    public void An_acknowledged_append_that_is_not_stored_is_found()
        => AssertFound<AnswersAreTrue>("a-3 was acknowledged and is lost", SoundHistory.With(entry => entry is Stored stored && stored.Id == Ids[3] ? null : entry));

    [Fact]
    public void An_append_that_is_stored_by_half_is_found()
        => AssertFound<AnswersAreTrue>("b-2 is stored by half: 2 of 3", SoundHistory.With(entry => entry is Stored stored && stored.Id == Ids[6] ? null : entry));

    [Fact]
    public void An_append_that_is_stored_twice_is_found()
        => AssertFound<AnswersAreTrue>("b-1 is stored twice", SoundHistory.With(null, new Stored(500, Ids[2], new(9, "s", 5))));

    [Fact]
    public void A_refused_append_that_is_stored_is_found()
        => AssertFound<AnswersAreTrue>("a-2 was refused and is stored", SoundHistory.With(null, new Stored(500, Ids[7], new(9, "s", 5))));

    [Fact]
    public void An_answer_that_names_another_place_is_found()
        => AssertFound<AnswersAreTrue>("a-1 is not where", SoundHistory.With(entry => entry is Acknowledged { Operation: "a-1" } it ? it with { Results = [new(3, 1, 2)] } : entry));

    [Fact]
    public void A_row_that_did_not_share_the_fate_of_its_transaction_is_found()
        => AssertFound<AnswersAreTrue>("b-2: the row of its transaction is missing", SoundHistory.With(entry => entry is Accompanied ? null : entry));

    [Fact]
    public void A_delivery_that_names_another_place_is_found()
        => AssertFound<NothingUncommittedIsSeen>("it is stored at 5", SoundHistory.With(
            entry => entry is Delivered { Subscription: "audit" } it && it.Id == Ids[3] ? it with { Place = it.Place with { Version = 5 } } : entry));

    [Fact]
    public void An_event_without_an_effect_is_found()
        => AssertFound<EffectsHappenOnce>("rows has no row for", SoundHistory.With(entry => entry is Effect effect && effect.Id == Ids[0] ? null : entry));

    [Fact]
    public void A_gap_in_a_stream_is_found()
        => AssertFound<StreamsAreContiguous>("goes from version 1 to 3", SoundHistory.With(entry => entry is Stored stored && stored.Id == Ids[1] ? null : entry));

    [Fact]
    public void A_position_that_falls_while_the_version_rises_is_found()
        => AssertFound<StreamsAreContiguous>("is not above", SoundHistory.With(
            entry => entry is Stored stored && stored.Id == Ids[3] ? stored with { Place = stored.Place with { Position = 0 } } : entry));

    [Fact]
    public void A_position_that_is_used_twice_is_found()
        => AssertFound<StreamsAreContiguous>("position 8 is used 2 times", SoundHistory.With(null, new Stored(500, Ids[7], new(8, "u", 2))));

    [Fact]
    public void An_order_that_is_wrong_inside_a_stream_is_found_in_a_partitioned_subscription()
        => AssertFound<OrderIsTheSameForAll>("shared was given 1", SoundHistory.With(
            entry => entry is Delivered { Subscription: "shared" } it && it.Id == Ids[0] ? it with { Time = 1000 } : entry));

    [Fact]
    public void An_append_that_was_written_at_another_version_than_expected_is_found()
        => AssertFound<ExpectedVersionsHold>("expected s at version 2 and was written at 3", SoundHistory.With(
            entry => entry is Intended { Operation: "a-3" } it ? it with { Appends = [new("s", 2, [Ids[3]])] } : entry));

    [Fact]
    public void An_append_that_stands_before_one_answered_earlier_is_found()
        => AssertFound<ExpectedVersionsHold>("a-1 began after b-1 was answered", SoundHistory.With(
            entry => entry is Intended { Operation: "a-1" } it ? it with { Time = 26 } : entry is Acknowledged { Operation: "a-1" } answer ? answer with { Time = 28 } : entry));

    [Theory]
    [InlineData(1, "was told that s is at 1; it was between 2 and 3")]
    [InlineData(9, "was told that s is at 9")]
    [InlineData(2, "was refused although s was at 2 as expected")]
    public void A_refusal_that_names_a_version_the_stream_was_not_at_is_found(long actual, string named)
        => AssertFound<ExpectedVersionsHold>(named, SoundHistory.With(entry => entry is Refused it ? it with { Actual = actual } : entry));

    [Fact]
    public void A_checkpoint_that_falls_is_found()
        => AssertFound<CheckpointsOnlyRise>("went from 8 (epoch 2) back to 7", SoundHistory.With(null, new Checkpointed(200, "audit", 0, 3, 7)));

    [Theory]
    [InlineData(125, 140, 2, false)]
    [InlineData(1_000_000_130, 1_000_000_140, 2, true)]
    [InlineData(125, 140, 1, true)]
    [InlineData(150, 140, 2, true)]
    public void A_crash_of_the_server_takes_checkpoints_of_its_last_second_and_no_others(long crash, long seen, int epoch, bool isFound)
    {
        var history = SoundHistory.With(null, new ServerCrashed(crash + 1, crash), new Checkpointed(seen, "audit", 0, epoch, 5));
        Assert.Equal(isFound, new CheckpointsOnlyRise().Check(new(history)).Any());
    }

    [Fact]
    public void An_epoch_that_falls_is_found()
        => AssertFound<CheckpointsOnlyRise>("epoch 1", SoundHistory.With(null, new Checkpointed(200, "audit", 0, 1, 8)));

    [Fact]
    public void A_database_that_went_back_unreported_is_found_and_reported_is_not()
    {
        // The store has lost its last event, which everybody has seen.
        HistoryEntry? WithoutLast(HistoryEntry entry) => entry is Stored { Place.Position: 8 } || (entry is Effect effect && effect.Id == Ids[6]) ? null : entry;

        var unreported = SoundHistory.With(WithoutLast, new WentBack(300, 15));
        AssertFound<LossesAreReported>("nobody reported it", [.. unreported]);
        var reported = new History([.. unreported, new LossReported(310, "p1", "ahead")]);
        Assert.Empty(new LossesAreReported().Check(reported));
    }

    [Fact]
    public void An_event_that_its_writer_rolled_back_and_that_is_stored_is_found()
        => AssertFound<NothingUncommittedIsSeen>("rolled it back", SoundHistory.With(null, new Stored(500, Guid.NewGuid(), new(9, "bystander", 1))));

    [Theory]
    [InlineData(34, true)]
    [InlineData(30, true)]
    [InlineData(36, false)]
    public void An_event_that_was_not_committed_when_somebody_subscribed_at_the_end_and_never_came_is_found(long joined, bool isFound)
    {
        // The transaction of the events at positions 6 to 8 began at 31 and committed at 35; the newcomer is given only the last of them.
        var history = SoundHistory.With(
            null, new Committing(35, "b-2"), new Joined(joined, "newcomer"), new Delivered(60, "newcomer", "p1", Ids[6], new(8, "u", 1)));
        Assert.Equal(isFound, new NewcomersMissNothing().Check(new(history)).Any(violation => violation.What.Contains("6 (t@1)", StringComparison.Ordinal)));
    }

    [Fact]
    public void A_newcomer_owes_nothing_for_what_came_after_its_last_event()
    {
        var history = SoundHistory.With(null, new Joined(26, "newcomer"), new Delivered(60, "newcomer", "p1", Ids[3], new(5, "s", 4)));
        Assert.Empty(new NewcomersMissNothing().Check(new(history)));
    }

    [Fact]
    public void An_event_that_is_parked_though_no_handler_failed_on_it_is_found()
    {
        var history = SoundHistory.With(null, new Parked(200, "shared", Ids[3]));
        AssertFound<WhatIsParkedHasFailed>($"shared parked {Ids[3]}", history);
        Assert.Empty(new WhatIsParkedHasFailed().Check(new([.. history, new Failed(190, "shared", "p1", Ids[3])])));
    }

    [Fact]
    public void A_lock_on_one_subscriptions_row_under_which_another_stands_still_is_found()
    {
        const long Second = 1_000_000_000;
        var history = SoundHistory.With(
            null, new RowLocked(20 * Second, Second, "audit"), new Intended(2 * Second, "a-9", OperationKinds.Single, [new("s", null, [Ids[7]])]),
            new Acknowledged(3 * Second, "a-9", [new(5, 9, 9)]), new Delivered(4 * Second, "rows", "p1", Ids[7], new(9, "s", 5)));
        AssertFound<OneLockStopsOneSubscription>("shared was given nothing while the row of audit was locked", history);
        Assert.DoesNotContain(new OneLockStopsOneSubscription().Check(new(history)), violation => violation.What.StartsWith("rows", StringComparison.Ordinal));
    }

    [Fact]
    public void Writers_that_try_for_a_minute_without_an_answer_are_found()
    {
        const long Second = 1_000_000_000;
        HistoryEntry[] stalled =
        [
            new Intended(100 * Second, "a-9", OperationKinds.Single, [new("s", null, [Ids[7]])]),
            new Acknowledged(101 * Second, "a-9", [new(5, 9, 9)]),
            new Intended(162 * Second, "a-10", OperationKinds.Single, [new("s", null, [Ids[6]])]),
        ];
        AssertFound<AppendsGoOn>("no append was acknowledged for 61 s", stalled);

        var answered = new Acknowledged(130 * Second, "a-9", [new(5, 9, 9)]);
        Assert.Empty(new AppendsGoOn().Check(new([.. stalled, answered])));
    }

    private static void AssertFound<TRule>(string named, IReadOnlyList<HistoryEntry> history)
        where TRule : IHistoryRule, new()
        => Assert.Contains(new TRule().Check(new(history)), violation => violation.What.Contains(named, StringComparison.Ordinal) && violation.Trace.Count > 0);
}
