using System.Text.Json.Serialization;

namespace EventStore.EF.Generators.Tests.Corpus;

public abstract record Happened(Guid Id, DateTimeOffset At)
{
    public string Source { get; init; } = "test";

    public virtual string Kind => "base";

    [JsonIgnore]
    protected int Hidden { get; init; }
}

[Event]
public sealed record CustomerMoved(Guid Id, DateTimeOffset At, Address To) : Happened(Id, At)
{
    public override string Kind => "moved";
}

public class Base
{
    [JsonIgnore]
    public int Shadowed { get; set; } = 1;

    public virtual int Overridden { get; set; } = 2;

    [JsonPropertyName("other")]
    public int Renamed { get; set; } = 3;

    public int OnlyBase { get; init; } = 4;

    public required string Must { get; init; }
}

[Event]
public class Derived : Base
{
    public new string Shadowed { get; set; } = "new";

    public override int Overridden { get; set; } = 20;

    public new int Renamed { get; set; } = 30;
}

[Event]
public sealed class IgnoresBase : Base
{
    [JsonIgnore]
    public new int Shadowed { get; set; }

    [JsonIgnore]
    public override int Overridden { get; set; }
}

public abstract class Entity<TId>
    where TId : struct
{
    public TId Id { get; init; }

    public required string Label { get; init; }
}

[Event]
public sealed class OfGenericBase : Entity<Guid>
{
    [JsonInclude]
    public int Number { get; private init; } = 8;

    public OfGenericBase With(int number) => new() { Id = Id, Label = Label, Number = number };
}
