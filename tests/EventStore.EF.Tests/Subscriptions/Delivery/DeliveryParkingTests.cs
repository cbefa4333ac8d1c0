using EventStore.EF.Subscriptions.Delivery;
using static EventStore.EF.Tests.Subscriptions.Delivery.Delivered;

namespace EventStore.EF.Tests.Subscriptions.Delivery;

public class DeliveryParkingTests
{
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Events_of_a_key_that_is_parked_already_park_unsent_and_others_flow(bool orderByKey)
    {
        var machine = Machine(Limits with { OrderByKey = orderByKey }, 0, "a");
        var consumer = machine.AddConsumer();
        machine.Page((1, "a"), (2, "b"), (3, null), (4, "a"));

        Assert.Equal((consumer, "2 3"), machine.Send());
        var step = machine.Next(Now);
        Assert.Equal((DeliveryStepKind.Park, "1 4"), (step.Kind, Places(step.Items)));
        Assert.Equal(DeliveryStepKind.ReadPage, machine.Next(Now).Kind);
        Assert.Equal(0, machine.Finished);

        machine.Parked(step.Items, Now);
        Assert.Equal(1, machine.Finished);
        machine.Acknowledge(consumer, 3, Now);
        Assert.Equal(4, machine.Finished);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void What_waits_behind_a_parked_event_parks_when_nothing_of_its_key_is_in_flight_any_more(bool orderByKey)
    {
        var machine = Machine(Limits with { BatchSize = 3, BufferSize = 3, OrderByKey = orderByKey });
        var consumer = machine.AddConsumer();
        machine.Page((1, "a"), (2, "a"), (3, "b"), (4, "a"), (5, "b"), (6, "a"));
        Assert.Equal((consumer, "1 2 3"), machine.Send());

        // 4 must not come into the table before 2, which is in flight: a replay would take them in this order.
        machine.Park(consumer, 1, Now);
        Assert.True(machine.IsParked("a"));
        Assert.Equal(DeliveryStepKind.ReadPage, machine.Next(Now).Kind);
        machine.Page((7, "a"));

        machine.Park(consumer, 2, Now);
        var step = machine.Next(Now);
        Assert.Equal((DeliveryStepKind.Park, "4 6 7"), (step.Kind, Places(step.Items)));
        Assert.Equal((consumer, "5"), machine.Send());
        Assert.Equal(2, machine.Finished);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_key_is_unparked_only_when_nothing_of_it_is_on_its_way_into_the_table(bool orderByKey)
    {
        var machine = Machine(Limits with { BatchSize = 2, BufferSize = 2, OrderByKey = orderByKey });
        var consumer = machine.AddConsumer();
        machine.Page((1, "a"), (2, "a"), (3, "a"), (4, "b"));
        machine.NextBatch();
        machine.Park(consumer, 1, Now);
        Assert.False(machine.TryUnpark("a"));
        machine.Acknowledge(consumer, 2, Now);
        var step = machine.Next(Now);
        Assert.Equal("3", Places(step.Items));
        Assert.False(machine.TryUnpark("a"));
        machine.Page((5, "a"));

        // 5 waits and is nowhere yet: it flows, in its place.
        machine.Parked(step.Items, Now);
        Assert.True(machine.TryUnpark("a"));
        Assert.True(machine.TryUnpark("a"));
        Assert.False(machine.IsParked("a"));
        machine.Page((6, "a"), (7, "b"));
        Assert.Equal((consumer, "4 5"), machine.Send());
        machine.Acknowledge(consumer, 5, Now);
        Assert.Equal((consumer, "6 7"), machine.Send());
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void What_a_consumer_that_left_had_of_a_parked_key_parks_too(bool orderByKey)
    {
        var machine = Machine(Limits with { BatchSize = 2, OrderByKey = orderByKey });
        var consumer = machine.AddConsumer();
        machine.Page((1, "a"), (2, "a"), (3, "a"));
        machine.NextBatch();
        machine.Park(consumer, 1, Now);
        machine.RemoveConsumer(consumer);
        machine.AddConsumer();

        Assert.Null(machine.Send());
        Assert.Equal("2 3", Places(machine.Next(Now).Items));
    }

    [Fact]
    public void An_event_without_a_key_can_not_be_parked()
    {
        var machine = Machine();
        var consumer = machine.AddConsumer();
        machine.Page((1, null));
        machine.NextBatch();

        Assert.Throws<ArgumentException>(() => machine.Park(consumer, 1, Now));
        Assert.Equal(1, machine.InFlight);
    }
}
