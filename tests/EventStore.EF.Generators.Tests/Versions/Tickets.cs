using System.Text.Json.Nodes;

namespace EventStore.EF.Generators.Tests.Versions;

// An event in its fifth version: of the first two only JSON is left, the third and fourth are types, and it had another name once.
[Event("ticket-sold", Version = 3)]
public sealed record TicketSoldV3(string Name, int Price);

[Event("ticket-sold", Version = 4)]
public sealed record TicketSoldV4(string First, string Last, int Price);

[Event("ticket-sold", Version = 5, Aliases = ["seat-sold"])]
public sealed record TicketSold(string First, string Last, decimal Price, string Currency);

[JsonUpcaster("seat-sold", 1, ToName = "ticket-sold", ToVersion = 2)]
internal sealed class FromSeats : IJsonUpcaster
{
    public JsonObject? Upcast(JsonObject @event) => new() { ["buyer"] = @event["who"]?.DeepClone(), ["cents"] = @event["cents"]?.DeepClone() };
}

[JsonUpcaster("ticket-sold", 1)]
internal sealed class FromFirst : IJsonUpcaster
{
    /// <summary>Events of tests were stored once; they are dropped.</summary>
    public JsonObject? Upcast(JsonObject @event)
    {
        if ((bool?)@event["test"] == true)
            return null;
        @event["cents"] = 100 * (int)@event["euros"]!;
        return @event;
    }
}

[JsonUpcaster("ticket-sold", 2)]
internal sealed class FromSecond : IJsonUpcaster
{
    public JsonObject? Upcast(JsonObject @event) => new() { ["name"] = (string?)@event["buyer"], ["price"] = (int)@event["cents"]! / 100 };
}

/// <summary>Two steps in one class, and one of them explicitly.</summary>
internal sealed class TicketUpcaster : IUpcaster<TicketSoldV3, TicketSoldV4>, IUpcaster<TicketSoldV4, TicketSold>
{
    public TicketSoldV4 Upcast(TicketSoldV3 @event) => @event.Name == "broken"
        ? throw new FormatException("no such name")
        : new(@event.Name.Split(' ')[0], @event.Name.Split(' ')[^1], @event.Price);

    TicketSold IUpcaster<TicketSoldV4, TicketSold>.Upcast(TicketSoldV4 @event) => new(@event.First, @event.Last, @event.Price, "EUR");
}

[Event("group-sold")]
public readonly record struct GroupSold(string[] Names);

/// <summary>A group was one event; today each ticket is one. What comes out is led on itself.</summary>
internal sealed class GroupUpcaster : ISplittingUpcaster<GroupSold>
{
    public IEnumerable<object> Upcast(GroupSold @event) => @event.Names.Select(name => new TicketSoldV3(name, 10));
}

public sealed class TicketCounter : ISubscriber<TicketSold>
{
    public List<string> Sold { get; } = [];

    public ValueTask HandleAsync(TicketSold @event, EventContext context, CancellationToken cancellationToken)
    {
        Sold.Add(@event.Last);
        return ValueTask.CompletedTask;
    }
}
