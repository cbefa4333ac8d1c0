using EventStore.EF.Subscriptions.Delivery;
using static EventStore.EF.Tests.Subscriptions.Delivery.Delivered;

namespace EventStore.EF.Tests.Subscriptions.Delivery;

public class DeliveryMachineTests
{
    [Fact]
    public void Defect_1_A_checkpoint_timer_that_fires_under_back_pressure_or_during_catch_up_skips_and_stalls_nothing()
    {
        var machine = Machine(Limits with { BufferSize = 2, QueueSize = 3 });
        var consumer = machine.AddConsumer();
        machine.Page((1, null), (2, null), (3, null), (4, null), (5, null), (6, null));
        Assert.Equal((consumer, "1 2"), machine.Send());
        machine.Acknowledge(consumer, 1, Now);
        Assert.Equal((consumer, "3"), machine.Send());

        // Under back-pressure: the consumer is full, and so is the queue.
        Assert.Null(machine.Send());
        Assert.Equal(DeliveryStepKind.Wait, machine.Next(Now).Kind);
        Assert.Equal(new(DeliveryStepKind.Checkpoint, 1, []), machine.Next(Now + Limits.CheckpointAfter));
        machine.Checkpointed(1, Now + Limits.CheckpointAfter);
        Assert.Null(machine.Send());
        Assert.Equal(DeliveryStepKind.Wait, machine.Next(Now + Limits.CheckpointAfter).Kind);

        // During catch-up: the next page is on its way.
        machine.Acknowledge(consumer, 3, Now);
        Assert.Equal((consumer, "4 5"), machine.Send());
        Assert.Equal((DeliveryStepKind.ReadPage, 7), Ask(machine));
        Assert.Equal(new(DeliveryStepKind.Checkpoint, 3, []), machine.Next(Now + (3 * Limits.CheckpointAfter)));
        machine.Checkpointed(3, Now + (3 * Limits.CheckpointAfter));
        Assert.False(machine.IsLive);
        Assert.Equal((DeliveryStepKind.ReadPage, 7), Ask(machine));
        machine.PageArrived([Item(7)], 7, isEnd: true, Now);
        machine.Acknowledge(consumer, 5, Now);
        Assert.Equal((consumer, "6 7"), machine.Send());
        machine.Acknowledge(consumer, 7, Now);
        Assert.Equal(7, machine.Finished);
        Assert.Equal((DeliveryStepKind.Attach, 7), Ask(machine));
    }

    [Fact]
    public void A_busy_consumer_is_sent_more_only_when_it_has_room_for_so_many()
    {
        var machine = Machine(Limits with { BufferSize = 4, BatchSize = 3, RefillAt = 2 });
        var consumer = machine.AddConsumer();
        machine.Page((1, null), (2, null), (3, null), (4, null), (5, null), (6, null));
        Assert.Equal((consumer, "1 2 3"), machine.Send());
        Assert.Null(machine.Send());
        machine.Acknowledge(consumer, 1, Now);
        Assert.Equal((consumer, "4 5"), machine.Send());
        machine.Acknowledge(consumer, 2, Now);
        Assert.Null(machine.Send());
        machine.Acknowledge(consumer, 5, Now);
        Assert.Equal((consumer, "6"), machine.Send());
    }

    [Fact]
    public void Defect_16_Events_of_a_key_go_to_one_consumer_at_a_time_in_order_also_with_a_buffer_above_one()
    {
        var machine = Machine(Limits with { BufferSize = 5, BatchSize = 1, OrderByKey = true });
        var (one, two) = (machine.AddConsumer(), machine.AddConsumer());
        machine.Page((1, "a"), (2, "a"), (3, "b"), (4, "a"), (5, "b"));

        Assert.Equal((one, "1"), machine.Send());
        Assert.Equal((two, "3"), machine.Send());
        Assert.Equal((one, "2"), machine.Send());
        Assert.Equal((two, "5"), machine.Send());

        // The other consumer has room, and takes the key over only when nothing of it is in flight.
        machine.Acknowledge(one, 1, Now);
        Assert.Equal((one, "4"), machine.Send());
        machine.Page((6, "a"));
        machine.Acknowledge(one, 4, Now);
        Assert.Equal((two, "6"), machine.Send());
    }

    [Fact]
    public void Defect_18_An_older_acknowledgement_changes_nothing()
    {
        var machine = Machine(Limits with { BufferSize = 4, BatchSize = 4, OrderByKey = true });
        var (other, consumer) = (machine.AddConsumer(), machine.AddConsumer());
        machine.Page((1, "a"));
        Assert.Equal((other, "1"), machine.Send());
        machine.Page((2, "b"), (3, "b"), (4, "b"), (5, "b"));
        Assert.Equal((consumer, "2 3 4 5"), machine.Send());
        machine.Acknowledge(consumer, 4, Now);

        // Before and after what it acknowledged can be forgotten.
        machine.Acknowledge(consumer, 4, Now);
        machine.Acknowledge(consumer, 2, Now);
        Assert.Equal((0, 2), (machine.Finished, machine.InFlight));
        machine.Acknowledge(other, 1, Now);
        machine.Acknowledge(consumer, 4, Now);
        machine.Acknowledge(consumer, 2, Now);
        Assert.Equal((4, 1), (machine.Finished, machine.InFlight));

        machine.Acknowledge(consumer, 5, Now);
        Assert.Equal((5, 0), (machine.Finished, machine.InFlight));
    }

    [Fact]
    public void What_a_page_and_the_tail_both_bring_is_sent_once()
    {
        var machine = Machine();
        machine.AddConsumer();
        machine.PageArrived([Item(4), Item(5)], 5, isEnd: true, Now);
        machine.Attached(accepted: true);
        machine.LiveArrived([Item(4), Item(5), Item(6)], 6, overflowed: false, Now);

        Assert.Equal("4 5 6", machine.Send()?.Places);
        Assert.Null(machine.Send());
    }

    [Fact]
    public void An_acknowledgement_finishes_what_was_sent_before_to_the_same_consumer_and_nothing_else()
    {
        var machine = Machine(Limits with { BatchSize = 2, OrderByKey = true });
        var (one, two) = (machine.AddConsumer(), machine.AddConsumer());
        machine.Page((1, null), (2, null), (3, null), (4, null), (5, null), (6, null));
        Assert.Equal((one, "1 2"), machine.Send());
        Assert.Equal((two, "3 4"), machine.Send());
        Assert.Equal((one, "5 6"), machine.Send());

        machine.Acknowledge(one, 5, Now);

        Assert.Equal((2, 3), (machine.Finished, machine.InFlight));
    }

    [Theory]
    [InlineData(3)]
    [InlineData(4)]
    [InlineData(6)]
    public void An_acknowledgement_of_what_was_filtered_out_or_is_not_sent_yet_is_an_error(long place)
    {
        var machine = Machine(Limits with { BatchSize = 2 });
        var consumer = machine.AddConsumer();
        machine.Page((2, null), (5, null), (6, null));
        machine.NextBatch();

        Assert.Equal("place", Assert.Throws<ArgumentException>(() => machine.Acknowledge(consumer, place, Now)).ParamName);
        Assert.Equal(2, machine.InFlight);
    }

    [Fact]
    public void A_consumer_that_left_acknowledges_nothing_any_more()
    {
        var machine = Machine();
        var consumer = machine.AddConsumer();
        machine.Page((1, null));
        machine.NextBatch();
        machine.RemoveConsumer(consumer);
        machine.RemoveConsumer(consumer);

        Assert.Equal("consumer", Assert.Throws<ArgumentException>(() => machine.Acknowledge(consumer, 1, Now)).ParamName);
        Assert.Equal((0, 1), (machine.Finished, machine.Queued));
        Assert.NotEqual(consumer, machine.AddConsumer());
    }

    [Fact]
    public void What_a_consumer_leaves_behind_is_sent_again_in_order_before_later_events()
    {
        var machine = Machine(Limits with { BatchSize = 1, BufferSize = 2, OrderByKey = true });
        var (one, two) = (machine.AddConsumer(), machine.AddConsumer());
        machine.Page((1, "a"), (2, "b"), (3, "a"), (4, null), (5, "a"), (6, null));
        Assert.Equal((one, "1"), machine.Send());
        Assert.Equal((two, "2"), machine.Send());
        Assert.Equal((one, "3"), machine.Send());
        Assert.Equal((two, "4"), machine.Send());

        machine.RemoveConsumer(one);
        machine.RemoveConsumer(two);
        var three = machine.AddConsumer();

        Assert.Equal(["1", "2"], [machine.Send()!.Value.Places, machine.Send()!.Value.Places]);
        machine.Acknowledge(three, 2, Now);
        Assert.Equal(["3", "4"], [machine.Send()!.Value.Places, machine.Send()!.Value.Places]);
        machine.Acknowledge(three, 4, Now);
        Assert.Equal(["5", "6"], [machine.Send()!.Value.Places, machine.Send()!.Value.Places]);
    }

    [Fact]
    public void The_consumer_served_longest_ago_comes_first_and_a_new_one_before_all_others()
    {
        var machine = Machine(Limits with { BatchSize = 1, OrderByKey = true });
        var (one, two) = (machine.AddConsumer(), machine.AddConsumer());
        machine.Page((1, null), (2, null), (3, null), (4, null), (5, null));
        Assert.Equal((one, "1"), machine.Send());
        Assert.Equal((two, "2"), machine.Send());
        var (three, four) = (machine.AddConsumer(), machine.AddConsumer());

        Assert.Equal((three, "3"), machine.Send());
        Assert.Equal((four, "4"), machine.Send());
        Assert.Equal((one, "5"), machine.Send());
    }

    [Fact]
    public void A_batch_holds_one_stream_and_one_correlation_id_unless_batches_are_mixed()
    {
        var id = Guid.CreateVersion7();
        DeliveryItem[] items = [Item(1), Item(2), Item(3, stream: "letters"), Item(4), Item(5, correlationId: id), Item(6, correlationId: id)];

        Assert.Equal(["1 2", "3", "4", "5 6"], Batches(isMixed: false));
        Assert.Equal(["1 2 3 4 5 6"], Batches(isMixed: true));

        string[] Batches(bool isMixed)
        {
            var machine = Machine(Limits with { MixBatches = isMixed });
            machine.AddConsumer();
            machine.PageArrived(items, 6, isEnd: true, Now);
            var batches = new List<string>();
            while (machine.Send() is { } batch)
                batches.Add(batch.Places);

            return [.. batches];
        }
    }

    [Fact]
    public void A_checkpoint_is_due_after_as_many_finished_events_as_asked_for_even_behind_an_unfinished_one()
    {
        var machine = Machine(Limits with { CheckpointEvery = 3 });
        var consumer = machine.AddConsumer();
        machine.Page((1, null), (2, null), (3, null), (4, null));
        machine.NextBatch();
        machine.Settle(consumer, 2, Now);
        machine.Settle(consumer, 3, Now);
        machine.Settle(consumer, 4, Now);
        Assert.Equal((DeliveryStepKind.ReadPage, 5), Ask(machine));

        machine.Settle(consumer, 1, Now);
        Assert.Equal((DeliveryStepKind.Checkpoint, 4), Ask(machine));
        machine.Checkpointed(4, Now);
        Assert.False(machine.HasUnsaved);
        Assert.Equal((DeliveryStepKind.ReadPage, 5), Ask(machine));
    }

    [Fact]
    public void It_waits_until_the_checkpoint_is_due_and_for_ever_when_nothing_is_unsaved()
    {
        var machine = Machine(checkpoint: 5).Live();
        Assert.Null(machine.Next(Now).Within);

        // What is filtered out is progress too.
        machine.LiveArrived([], 90, overflowed: false, Now);

        Assert.Equal(Limits.CheckpointAfter, machine.Next(Now).Within);
        Assert.Equal(TimeSpan.FromTicks(1), machine.Next(Now + Limits.CheckpointAfter - TimeSpan.FromTicks(1)).Within);
        Assert.Equal(new(DeliveryStepKind.Checkpoint, 90, []), machine.Next(Now + Limits.CheckpointAfter));
    }

    [Fact]
    public void A_checkpoint_written_elsewhere_counts_unless_it_is_lower()
    {
        var machine = Machine();
        var consumer = machine.AddConsumer();
        machine.Page((1, null), (2, null));
        machine.NextBatch();
        machine.Checkpointed(2, Now);
        machine.Checkpointed(1, Now);
        machine.Acknowledge(consumer, 2, Now);

        Assert.False(machine.HasUnsaved);
        Assert.Equal(DeliveryStepKind.ReadPage, machine.Next(Now + Limits.CheckpointAfter).Kind);
    }

    [Fact]
    public void One_event_that_takes_hours_holds_the_checkpoint_but_not_the_memory_of_the_others()
    {
        var machine = Machine(Limits with { BufferSize = 1, OrderByKey = true });
        var (slow, fast) = (machine.AddConsumer(), machine.AddConsumer());
        machine.Page((1, null));
        Assert.Equal((slow, "1"), machine.Send());

        var handled = Handle(machine, fast);
        GC.Collect();

        // They are let go when the ring of 64 is full.
        Assert.True(handled.Count(item => item.IsAlive) <= 64);
        Assert.Equal(0, machine.Finished);
        machine.Acknowledge(fast, 63, Now);
        machine.Acknowledge(slow, 1, Now);
        Assert.Equal(1900, machine.Finished);

        static List<WeakReference> Handle(DeliveryMachine machine, int consumer)
        {
            var handled = new List<WeakReference>();
            for (var place = 2; place <= 1900; place++)
            {
                machine.Page((place, null));
                handled.Add(new(machine.NextBatch()!.Value.Items[0]));
                machine.Acknowledge(consumer, place, Now);
            }

            return handled;
        }
    }

    private static (DeliveryStepKind Kind, long Place) Ask(DeliveryMachine machine) => machine.Next(Now) is var step ? (step.Kind, step.Place) : default;
}
