namespace EventStore.EF.Generators.Tests.Corpus;

public sealed record Left(int A, Right? Right);

public sealed record Right(int B, Left? Left);

public sealed class Graph
{
    public Dictionary<string, Graph> Edges { get; init; } = [];

    public Graph[]? Others { get; set; }
}

[Event]
public sealed record LeftRight(Left Left, Right Right);

[Event]
public sealed record GraphDrawn(Graph Graph);

[Event]
public sealed class CyclicEvent
{
    public CyclicEvent? Self { get; set; }

    public List<CyclicEvent> Many { get; init; } = [];
}

[Event]
public record struct CyclicStruct(int A, CyclicStruct[]? More);
