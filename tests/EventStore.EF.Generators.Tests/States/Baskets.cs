using System.Text.Json.Serialization;

namespace EventStore.EF.Generators.Tests.States;

public abstract record BasketEvent;

[Event("basket-opened")]
public sealed record BasketOpened(string Owner) : BasketEvent;

[Event("basket-filled")]
public sealed record BasketFilled(int Count) : BasketEvent;

[Event("basket-closed")]
public sealed record BasketClosed : BasketEvent;

/// <summary>Begins by an event; its methods are private, and one is of a base type.</summary>
[State(SnapshotEvery = 10)]
public sealed partial record Basket(string Owner, int Count, int Others)
{
    private static Basket Create(BasketOpened e) => new(e.Owner, 0, 0);

    private Basket Apply(BasketFilled e) => this with { Count = Count + e.Count };

    private Basket Apply(BasketEvent e) => this with { Others = Others + 1 };
}

/// <summary>A class that changes itself, and begins with nothing.</summary>
[State("count", Version = 2, SnapshotEvery = 5)]
public sealed class Counter
{
    [JsonInclude]
    public int Sum { get; private set; }

    [JsonInclude]
    public string? LastOwner { get; private set; }

    [JsonInclude]
    internal int Opened;

    public void Apply(BasketFilled e) => Sum += e.Count;

    private void Apply(BasketOpened e)
    {
        LastOwner = e.Owner;
        Opened++;
    }
}

/// <summary>A struct, with a private method.</summary>
[State]
public readonly record struct Owners(string Names)
{
    private static Owners Create(BasketOpened e) => new(e.Owner);

    private Owners Apply(BasketOpened e) => new(Names + e.Owner);
}
