namespace EventStore.EF.Tests.Subscriptions;

public class SubscriptionMachineTests
{
    private static readonly TimeSpan CheckpointAfter = TimeSpan.FromSeconds(1);

    private TimeSpan _now = TimeSpan.Zero;

    [Fact]
    public void A_new_subscription_reads_from_behind_its_checkpoint()
    {
        var machine = Machine(checkpoint: 41);

        Assert.Equal(new(SubscriptionStepKind.ReadPage, 42), machine.Next(_now));
        Assert.False(machine.IsLive);
        Assert.False(machine.HasUnsaved);
    }

    [Fact]
    public void Events_of_a_page_are_delivered_one_by_one_before_the_next_page_is_read()
    {
        var machine = Machine();
        machine.PageArrived(Recorded.At(1, 2), through: 2, isEnd: false, _now);

        Assert.Equal([1, 2], Deliver(machine));
        Assert.Equal(new(SubscriptionStepKind.ReadPage, 3), machine.Next(_now));
    }

    [Fact]
    public void At_the_end_it_attaches_and_then_waits_for_live_events()
    {
        var machine = Machine();
        machine.PageArrived([], through: 7, isEnd: true, _now);

        Assert.Equal(new(SubscriptionStepKind.Attach, 7), machine.Next(_now));
        machine.Attached(accepted: true);

        Assert.True(machine.IsLive);
        Assert.Equal(SubscriptionStepKind.Wait, machine.Next(_now).Kind);
    }

    [Fact]
    public void When_the_tail_is_ahead_it_reads_again_instead_of_missing_what_lies_between()
    {
        var machine = Machine();
        machine.PageArrived([], through: 7, isEnd: true, _now);
        machine.Attached(accepted: false);

        Assert.Equal(new(SubscriptionStepKind.ReadPage, 8), machine.Next(_now));
    }

    [Fact]
    public void Live_events_that_a_page_had_already_are_not_delivered_twice()
    {
        var machine = Live(at: 5);
        machine.LiveArrived(Recorded.At(4, 5, 6), through: 6, overflowed: false, _now);

        Assert.Equal([6], Deliver(machine));
    }

    [Fact]
    public void After_an_overflow_it_delivers_what_it_has_and_then_reads_the_rest_from_storage()
    {
        var machine = Live(at: 5);
        machine.LiveArrived(Recorded.At(6, 7), through: 7, overflowed: true, _now);

        Assert.Equal([6, 7], Deliver(machine));
        Assert.Equal(new(SubscriptionStepKind.ReadPage, 8), machine.Next(_now));
        Assert.False(machine.IsLive);
    }

    [Fact]
    public void A_checkpoint_is_due_after_as_many_events_as_asked_for()
    {
        var machine = Machine(checkpointEvery: 2);
        machine.PageArrived(Recorded.At(1, 2, 3), through: 3, isEnd: true, _now);

        machine.Delivered(_now);
        Assert.Equal(SubscriptionStepKind.Deliver, machine.Next(_now).Kind);
        machine.Delivered(_now);
        Assert.Equal(new(SubscriptionStepKind.Checkpoint, 2), machine.Next(_now));

        machine.Checkpointed(2, _now);
        Assert.Equal(3, machine.Next(_now).Position);
    }

    [Fact]
    public void A_checkpoint_is_due_when_a_handled_event_has_waited_long_enough()
    {
        var machine = Live(at: 5);
        machine.LiveArrived([Recorded.At(6)], through: 6, overflowed: false, _now);
        machine.Delivered(_now);

        Assert.Equal(CheckpointAfter, machine.Next(_now).Within);
        _now += CheckpointAfter - TimeSpan.FromTicks(1);
        Assert.Equal(SubscriptionStepKind.Wait, machine.Next(_now).Kind);
        _now += TimeSpan.FromTicks(1);
        Assert.Equal(new(SubscriptionStepKind.Checkpoint, 6), machine.Next(_now));
    }

    // The re-implemented system went live when its checkpoint timer fired during catch-up, and skipped or stalled.
    [Fact]
    public void A_checkpoint_during_catch_up_changes_nothing_but_the_checkpoint()
    {
        var machine = Machine();
        machine.PageArrived(Recorded.At(1, 2), through: 2, isEnd: false, _now);
        machine.Delivered(_now);
        _now += CheckpointAfter;

        Assert.Equal(new(SubscriptionStepKind.Checkpoint, 1), machine.Next(_now));
        machine.Checkpointed(1, _now);

        Assert.Equal([2], Deliver(machine));
        Assert.Equal(new(SubscriptionStepKind.ReadPage, 3), machine.Next(_now));
        Assert.False(machine.IsLive);
    }

    [Fact]
    public void Events_that_are_filtered_out_move_the_checkpoint_too()
    {
        var machine = Live(at: 5);
        machine.LiveArrived([], through: 90, overflowed: false, _now);

        Assert.True(machine.HasUnsaved);
        Assert.Equal(90, machine.Finished);
        Assert.Equal(SubscriptionStepKind.Wait, machine.Next(_now).Kind);
        Assert.Equal(new(SubscriptionStepKind.Checkpoint, 90), machine.Next(_now + CheckpointAfter));
    }

    [Fact]
    public void What_is_received_but_not_handled_is_never_finished()
    {
        var machine = Machine();
        machine.PageArrived(Recorded.At(3, 5), through: 9, isEnd: true, _now);

        Assert.Equal(0, machine.Finished);
        machine.Delivered(_now);
        Assert.Equal(3, machine.Finished);
        machine.Delivered(_now);
        Assert.Equal(9, machine.Finished);
    }

    [Fact]
    public void Without_anything_to_save_it_waits_without_a_limit()
    {
        Assert.Equal(new(SubscriptionStepKind.Wait, 5), Live(at: 5).Next(_now));
    }

    private static SubscriptionMachine Machine(long checkpoint = 0, int checkpointEvery = 100) => new(checkpoint, checkpointEvery, CheckpointAfter);

    private SubscriptionMachine Live(long at)
    {
        var machine = Machine(checkpoint: at);
        machine.PageArrived([], through: at, isEnd: true, _now);
        machine.Attached(accepted: true);
        return machine;
    }

    private List<long> Deliver(SubscriptionMachine machine)
    {
        var delivered = new List<long>();
        while (machine.Next(_now) is { Kind: SubscriptionStepKind.Deliver } step)
        {
            delivered.Add(step.Event!.Position);
            machine.Delivered(_now);
        }

        return delivered;
    }
}
