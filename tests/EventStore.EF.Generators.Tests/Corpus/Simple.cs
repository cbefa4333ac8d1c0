namespace EventStore.EF.Generators.Tests.Corpus;

[Event]
public sealed record OrderPlaced(Guid OrderId, string Customer, decimal Amount);

[Event("simple", Version = 2, Aliases = ["old-simple", "older-simple"])]
public sealed record Simple
{
    public int Number { get; init; } = 7;

    public string Text { get; init; } = "kept";

    public required string Must { get; init; }
}
