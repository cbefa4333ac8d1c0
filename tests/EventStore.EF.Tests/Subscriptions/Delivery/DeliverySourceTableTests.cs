using EventStore.EF.Subscriptions.Delivery;
using static EventStore.EF.Tests.Subscriptions.Delivery.Delivered;

namespace EventStore.EF.Tests.Subscriptions.Delivery;

/// <summary>Every state of where events come from × every input: the table in <see cref="DeliverySource"/>.</summary>
public class DeliverySourceTableTests
{
    private static readonly string[] States = ["CatchingUp", "AtEnd", "Live", "Overflowed"];

    private static readonly Dictionary<string, Func<DeliveryMachine, string>> Inputs = new()
    {
        ["next, room"] = machine =>
        {
            var step = machine.Next(Now);
            return $"{step.Kind} {step.Place}";
        },
        ["next, no room"] = machine =>
        {
            Fill(machine);
            return machine.Next(Now).Kind.ToString();
        },
        ["page"] = machine => Receive(machine, () => machine.PageArrived([Item(6)], 6, isEnd: false, Now)),
        ["last page"] = machine => Receive(machine, () => machine.PageArrived([Item(6)], 6, isEnd: true, Now)),
        ["accepted"] = machine => Receive(machine, () => machine.Attached(accepted: true)),
        ["refused"] = machine => Receive(machine, () => machine.Attached(accepted: false)),
        ["live"] = machine => Receive(machine, () => machine.LiveArrived([Item(6)], 6, overflowed: false, Now)),
        ["live, overflowed"] = machine => Receive(machine, () => machine.LiveArrived([Item(6)], 6, overflowed: true, Now)),
        ["read again"] = machine => Receive(machine, () => machine.ReadAgain(5)),
        ["checkpoint time"] = machine => machine.Next(Now + Limits.CheckpointAfter).Kind.ToString(),
        ["checkpoint written"] = machine => Receive(machine, () => machine.Checkpointed(5, Now)),
    };

    public static IEnumerable<TheoryDataRow<string, string, string, string>> Table { get; } =
    [
        Row("While catching up, with room, the next page is read", "CatchingUp", "next, room", "ReadPage 6", "CatchingUp"),
        Row("While catching up, without room, it waits", "CatchingUp", "next, no room", "Wait", "CatchingUp"),
        Row("While catching up, a page that is not the last is followed by the next", "CatchingUp", "page", "received", "CatchingUp"),
        Row("While catching up, the last page leads to the end", "CatchingUp", "last page", "received", "AtEnd"),
        Row("While catching up, nobody attaches", "CatchingUp", "accepted", "exception", "CatchingUp"),
        Row("While catching up, nobody is refused", "CatchingUp", "refused", "exception", "CatchingUp"),
        Row("While catching up, live events are dropped, since pages bring them", "CatchingUp", "live", "nothing", "CatchingUp"),
        Row("While catching up, an overflow means nothing", "CatchingUp", "live, overflowed", "nothing", "CatchingUp"),
        Row("While catching up, what is to be read again is", "CatchingUp", "read again", "nothing", "CatchingUp"),
        Row("While catching up, the checkpoint's time leads to a checkpoint and nothing else", "CatchingUp", "checkpoint time", "Checkpoint", "CatchingUp"),
        Row("While catching up, a written checkpoint changes nothing else", "CatchingUp", "checkpoint written", "nothing", "CatchingUp"),

        Row("At the end, with room, it attaches", "AtEnd", "next, room", "Attach 5", "AtEnd"),
        Row("At the end, without room, it waits", "AtEnd", "next, no room", "Wait", "AtEnd"),
        Row("At the end, a page that is not the last leads back to catching up", "AtEnd", "page", "received", "CatchingUp"),
        Row("At the end, a last page changes nothing", "AtEnd", "last page", "received", "AtEnd"),
        Row("At the end, it is live once the tail takes it in", "AtEnd", "accepted", "nothing", "Live"),
        Row("At the end, it reads again when the tail is ahead", "AtEnd", "refused", "nothing", "CatchingUp"),
        Row("At the end, live events are dropped before the tail took it in", "AtEnd", "live", "nothing", "AtEnd"),
        Row("At the end, an overflow means nothing", "AtEnd", "live, overflowed", "nothing", "AtEnd"),
        Row("At the end, it goes back to what is to be read again", "AtEnd", "read again", "nothing", "CatchingUp"),
        Row("At the end, the checkpoint's time leads to a checkpoint and nothing else", "AtEnd", "checkpoint time", "Checkpoint", "AtEnd"),
        Row("At the end, a written checkpoint changes nothing else", "AtEnd", "checkpoint written", "nothing", "AtEnd"),

        Row("Live, it waits", "Live", "next, room", "Wait 5", "Live"),
        Row("Live, without room, it waits", "Live", "next, no room", "Wait", "Live"),
        Row("Live, a late page is received", "Live", "page", "received", "Live"),
        Row("Live, a late last page is received", "Live", "last page", "received", "Live"),
        Row("Live, nobody attaches again", "Live", "accepted", "exception", "Live"),
        Row("Live, nobody is refused", "Live", "refused", "exception", "Live"),
        Row("Live, live events are received", "Live", "live", "received", "Live"),
        Row("Live, an overflow is remembered after the events before it", "Live", "live, overflowed", "received", "Overflowed"),
        Row("Live, it goes back to what is to be read again", "Live", "read again", "nothing", "CatchingUp"),
        Row("Live, the checkpoint's time leads to a checkpoint and nothing else", "Live", "checkpoint time", "Checkpoint", "Live"),
        Row("Live, a written checkpoint changes nothing else", "Live", "checkpoint written", "nothing", "Live"),

        Row("Overflowed, with room, it reads on from storage", "Overflowed", "next, room", "ReadPage 6", "CatchingUp"),
        Row("Overflowed, without room, it waits", "Overflowed", "next, no room", "Wait", "Overflowed"),
        Row("Overflowed, a late page is received", "Overflowed", "page", "received", "Overflowed"),
        Row("Overflowed, a late last page is received", "Overflowed", "last page", "received", "Overflowed"),
        Row("Overflowed, nobody attaches", "Overflowed", "accepted", "exception", "Overflowed"),
        Row("Overflowed, nobody is refused", "Overflowed", "refused", "exception", "Overflowed"),
        Row("Overflowed, live events are dropped, since some may be missing before them", "Overflowed", "live", "nothing", "Overflowed"),
        Row("Overflowed, a second overflow means nothing", "Overflowed", "live, overflowed", "nothing", "Overflowed"),
        Row("Overflowed, it goes back to what is to be read again", "Overflowed", "read again", "nothing", "CatchingUp"),
        Row("Overflowed, the checkpoint's time leads to a checkpoint and nothing else", "Overflowed", "checkpoint time", "Checkpoint", "Overflowed"),
        Row("Overflowed, a written checkpoint changes nothing else", "Overflowed", "checkpoint written", "nothing", "Overflowed"),
    ];

    [Theory]
    [MemberData(nameof(Table))]
    public void Source(string state, string input, string outcome, string next)
    {
        var machine = In(state);
        Assert.Equal(state, StateOf(In(state)));

        Assert.Equal(outcome, Inputs[input](machine));
        Assert.Equal(next, StateOf(machine));
    }

    [Fact]
    public void The_table_has_every_state_and_every_input_once()
        => Assert.Equal(
            from state in States from input in Inputs.Keys orderby state, input select (state, input),
            from row in Table select row.Data into row orderby row.Item1, row.Item2 select (row.Item1, row.Item2));

    private static TheoryDataRow<string, string, string, string> Row(string sentence, string state, string input, string outcome, string next)
        => new(state, input, outcome, next) { TestDisplayName = sentence };

    /// <summary>A machine in the state, that has received everything up to 5, filtered out: so there is a checkpoint to write later.</summary>
    private static DeliveryMachine In(string state)
    {
        var machine = Machine(Limits with { QueueSize = 1 });
        machine.PageArrived([], 5, isEnd: state is not "CatchingUp", Now);
        if (state is "Live" or "Overflowed")
            machine.Attached(accepted: true);

        if (state is "Overflowed")
            machine.LiveArrived([], 5, overflowed: true, Now);

        return machine;
    }

    private static void Fill(DeliveryMachine machine)
    {
        // A page leaves the state of a live subscription alone; the others get one that ends as their last one did.
        var isAtEnd = !machine.IsLive && machine.Next(Now).Kind is DeliveryStepKind.Attach;
        machine.PageArrived([Item(6)], 6, isAtEnd, Now);
        Assert.False(machine.HasRoom);
    }

    private static string Receive(DeliveryMachine machine, Action input)
    {
        var queued = machine.Queued;
        try
        {
            input();
        }
        catch (InvalidOperationException)
        {
            return "exception";
        }

        return machine.Queued > queued ? "received" : "nothing";
    }

    /// <summary>Told by what the machine does: it is emptied, and then probed by a live event, which changes it.</summary>
    private static string StateOf(DeliveryMachine machine)
    {
        if (!machine.IsLive)
        {
            Empty(machine);
            return machine.Next(Now).Kind is DeliveryStepKind.Attach ? "AtEnd" : "CatchingUp";
        }

        Empty(machine);
        machine.LiveArrived([Item(7)], 7, overflowed: false, Now);
        return machine.Queued == 1 ? "Live" : "Overflowed";
    }

    private static void Empty(DeliveryMachine machine)
    {
        var consumer = machine.AddConsumer();
        while (machine.NextBatch() is { } batch)
            machine.Acknowledge(consumer, batch.Items[^1].Place, Now);
    }
}
