namespace EventStore.EF.Generators.Tests.Corpus;

public sealed record Address(string Street, City City);

public sealed class City
{
    public string Name { get; init; } = "";

    public int? Code { get; set; }
}

public sealed record Line(string Sku, int Quantity, decimal Price);

[Event]
public sealed record OrderShipped(Guid OrderId, Address Address, IReadOnlyList<Line> Lines, Point Origin);

public sealed class Tree
{
    public string Name { get; init; } = "";

    public Tree? Parent { get; set; }

    public List<Tree> Children { get; init; } = [];
}

[Event]
public sealed record TreePlanted(Tree Root);

[Event]
public sealed record SelfContaining(int Level, SelfContaining? Inner);

public sealed record Envelope<T>(T Content, string Note);

public sealed class Box<T>
    where T : notnull
{
    public required T Item { get; init; }

    public T? Other { get; init; }

    public sealed record Lid<TColor>(TColor Color)
    {
        public int Weight { get; init; } = 2;
    }
}

[Event]
public sealed record Generics(
    Envelope<int> Number, Envelope<Line?> Line, Envelope<Envelope<string>> Twice, Box<string> Text, Box<Point> Point, Box<int>.Lid<Weekday> Lid);

[Event]
public sealed record Empty;

[Event]
public sealed record ContainsEvents(OrderPlaced Order, List<Positional> Others);
