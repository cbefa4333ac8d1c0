using System.Globalization;
using EventStore.EF.Subscriptions.Delivery;
using static EventStore.EF.Tests.Subscriptions.Delivery.Delivered;

namespace EventStore.EF.Tests.Subscriptions.Delivery;

/// <summary>Every state of a received event × every input: the table in <see cref="DeliveryMachine"/>.</summary>
public class DeliveryEventTableTests
{
    private const int Ours = 1;
    private const int Other = 2;

    /// <summary>The event at 5, of the key "k". Those at 3 (ours) and 4 (the other's) are in flight before it, unless it is forgotten.</summary>
    private static readonly Dictionary<string, string> States = new()
    {
        ["waits"] = "An event that waits",
        ["ours"] = "An event in flight at the consumer",
        ["other's"] = "An event in flight at another consumer",
        ["parking"] = "An event that is being parked",
        ["finished"] = "An event that the consumer has finished",
        ["other's finished"] = "An event that another consumer has finished",
        ["parked"] = "An event that was parked unsent",
        ["forgotten"] = "An event that the consumer has finished, as everything before it",
    };

    private static readonly Dictionary<string, (string Phrase, Action<DeliveryMachine, int> Act)> Inputs = new()
    {
        ["send"] = ("when batches are asked for", (machine, _) => machine.NextBatch()),
        ["acknowledge"] = ("when the consumer acknowledges it", (machine, consumer) => machine.Acknowledge(consumer, 5, Now)),
        ["settle"] = ("when the consumer settles it", (machine, consumer) => machine.Settle(consumer, 5, Now)),
        ["park"] = ("when the consumer parked it", (machine, consumer) => machine.Park(consumer, 5, Now)),
        ["leave"] = ("when the consumer leaves", (machine, consumer) => machine.RemoveConsumer(consumer)),
        ["give back"] = ("when the consumer gives it back", (machine, consumer) => machine.TakeBack(consumer, [Item(5, "k")])),
        ["next"] = ("when the next step is asked for", (machine, _) => machine.Next(Now)),
        ["parked"] = ("when it is said to be in the parked table", (machine, _) => machine.Parked([Item(5, "k")], Now)),
    };

    private static readonly string[,] Outcomes =
    {
        // state              send     acknowledge  settle       park         leave     give back  next     parked
        { "waits",            "sent",  "refused",   "refused",   "refused",   "stays",  "stays",   "stays", "refused" },
        { "ours",             "stays", "finished",  "finished",  "finished",  "waits",  "waits",   "stays", "refused" },
        { "other's",          "stays", "refused",   "refused",   "refused",   "stays",  "stays",   "stays", "refused" },
        { "parking",          "stays", "refused",   "refused",   "refused",   "stays",  "stays",   "stays", "finished" },
        { "finished",         "stays", "stays",     "stays",     "stays",     "stays",  "stays",   "stays", "refused" },
        { "other's finished", "stays", "refused",   "refused",   "refused",   "stays",  "stays",   "stays", "refused" },
        { "parked",           "stays", "refused",   "refused",   "refused",   "stays",  "stays",   "stays", "refused" },
        { "forgotten",        "stays", "stays",     "stays",     "stays",     "stays",  "stays",   "stays", "refused" },
    };

    public static IEnumerable<TheoryDataRow<string, string, string>> Table { get; } =
        from state in Enumerable.Range(0, Outcomes.GetLength(0))
        from input in Enumerable.Range(0, Inputs.Count)
        let name = Inputs.Keys.ElementAt(input)
        let outcome = Outcomes[state, input + 1]
        let told = outcome switch { "stays" => "stays as it is", "refused" => "makes that an error", "waits" => "waits again", _ => $"is {outcome}" }
        select new TheoryDataRow<string, string, string>(Outcomes[state, 0], name, outcome)
        {
            TestDisplayName = $"{States[Outcomes[state, 0]]} {told} {Inputs[name].Phrase}",
        };

    [Theory]
    [MemberData(nameof(Table))]
    public void Event(string state, string input, string outcome)
    {
        var machine = In(state);
        var consumer = state is "other's" or "other's finished" ? Other : Ours;
        var act = Inputs[input].Act;
        if (outcome is "refused")
            Assert.ThrowsAny<ArgumentException>(() => act(machine, consumer));
        else
            act(machine, consumer);

        Assert.Equal(outcome is "stays" or "refused" ? Where(In(state)) : outcome, Where(machine));
    }

    private static DeliveryMachine In(string state)
    {
        var isParked = state is "parking" or "parked";
        var machine = Machine(Limits with { BatchSize = 1, BufferSize = 2, OrderByKey = true }, 0, isParked ? ["k"] : []);
        Assert.Equal((Ours, Other), (machine.AddConsumer(), machine.AddConsumer()));
        machine.Page((3, "a"), (4, "b"));
        Assert.Equal((Ours, "3"), machine.Send());
        Assert.Equal((Other, "4"), machine.Send());
        machine.Page((5, "k"));
        if (isParked)
        {
            var step = machine.Next(Now);
            Assert.Equal((DeliveryStepKind.Park, "5"), (step.Kind, Places(step.Items)));
            if (state is "parked")
                machine.Parked(step.Items, Now);
        }
        else if (state is not "waits")
        {
            Assert.Equal((Ours, "5"), machine.Send());
        }

        switch (state)
        {
            case "finished" or "other's finished":
                machine.Settle(Ours, 5, Now);
                break;
            case "forgotten":
                machine.Acknowledge(Other, 4, Now);
                machine.Acknowledge(Ours, 5, Now);
                break;
        }

        return machine;
    }

    /// <summary>Told by who can do something with it: whoever writes the parked table, its consumer, or a new one.</summary>
    private static string Where(DeliveryMachine machine)
    {
        var (queued, inFlight) = (machine.Queued, machine.InFlight);
        Try(() => machine.Parked([Item(5, "k")], Now));
        if (machine.Queued < queued)
            return "parking";

        Try(() => machine.Settle(Ours, 5, Now));
        if (machine.InFlight < inFlight)
            return "sent";

        var consumer = machine.AddConsumer();
        while (machine.Send() is { } sent)
        {
            if (sent.Places == "5")
                return "waits";

            Try(() => machine.Acknowledge(consumer, long.Parse(sent.Places, CultureInfo.InvariantCulture), Now));
        }

        return "finished";

        static void Try(Action act)
        {
            try
            {
                act();
            }
            catch (ArgumentException)
            {
                // Then it is not there.
            }
        }
    }
}
