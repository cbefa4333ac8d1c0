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

/// <summary>Takes events as they are stored, by public and private methods, beside one that doesn't.</summary>
[State]
public sealed record Ledger(string Owner, DateTimeOffset OpenedAt, long LastVersion)
{
    public static Ledger Create(BasketOpened e, RecordedEvent recorded) => new(e.Owner, recorded.CreatedAt, recorded.StreamVersion);

    private Ledger Apply(BasketFilled e, in RecordedEvent recorded) => this with { LastVersion = recorded.StreamVersion };

    private Ledger Apply(BasketClosed e) => this with { Owner = "nobody" };
}

/// <summary>A class that changes itself by a base type's events as they are stored; a method with any other parameter isn't its own.</summary>
[State]
public sealed class Versions
{
    public List<long> Seen { get; } = [];

    public void Apply(BasketEvent e, RecordedEvent recorded) => Seen.Add(recorded.StreamVersion);

    public void Apply(BasketFilled e, DateTime now) => Seen.Add(now.Ticks);
}

/// <summary>A struct whose private methods take events as they are stored.</summary>
[State]
public readonly record struct Times(long First, long Last)
{
    private static Times Create(BasketOpened e, RecordedEvent recorded) => new(recorded.StreamVersion, 0);

    private Times Apply(BasketFilled e, RecordedEvent recorded) => this with { Last = recorded.StreamVersion };
}
