using EventStore.EF.Subscriptions.Delivery;
using static EventStore.EF.Tests.Subscriptions.Delivery.Delivered;

namespace EventStore.EF.Tests.Subscriptions.Delivery;

/// <summary>When a projection may write the checkpoint by itself.</summary>
public class DeliveryTurnTests
{
    [Fact]
    public void It_is_its_turn_when_nothing_stands_before_it_but_what_it_finishes_itself()
    {
        var machine = Machine();
        var consumer = machine.AddConsumer();
        machine.Page((1, "a"), (2, "b"), (3, "a"));
        Assert.Equal((consumer, "1 2 3"), machine.Send());

        Assert.Equal(DeliveryTurn.Now, machine.TurnOf(3, 3));
        Assert.Equal(DeliveryTurn.Now, machine.TurnOf(1, 1));
        Assert.Equal(DeliveryTurn.Missed, machine.TurnOf(3, 1));
        machine.Acknowledge(consumer, 2, Now);
        Assert.Equal(DeliveryTurn.Now, machine.TurnOf(3, 1));
    }

    [Fact]
    public void It_waits_for_earlier_events_until_they_are_parked()
    {
        var machine = Machine(Limits, 0, "a");
        machine.AddConsumer();
        machine.Page((1, "b"), (2, "a"), (3, "b"));
        machine.Send();
        Assert.Equal(DeliveryTurn.Now, machine.TurnOf(1, 1));
        Assert.Equal(DeliveryTurn.Later, machine.TurnOf(3, 2));

        var step = machine.Next(Now);
        Assert.Equal(DeliveryTurn.Later, machine.TurnOf(3, 2));
        machine.Parked(step.Items, Now);
        Assert.Equal(DeliveryTurn.Now, machine.TurnOf(3, 2));
    }

    [Fact]
    public void It_is_missed_when_earlier_events_of_a_parked_key_flow_again()
    {
        var machine = Machine(Limits, 0, "a");
        machine.AddConsumer();
        machine.Page((1, "a"), (2, "b"));
        machine.Send();
        Assert.Equal(DeliveryTurn.Later, machine.TurnOf(2, 1));

        Assert.True(machine.TryUnpark("a"));
        Assert.Equal(DeliveryTurn.Missed, machine.TurnOf(2, 1));
        machine.Send();
        Assert.Equal(DeliveryTurn.Missed, machine.TurnOf(2, 1));
    }
}
