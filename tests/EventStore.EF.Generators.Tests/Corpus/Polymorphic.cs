using System.Text.Json.Serialization;

namespace EventStore.EF.Generators.Tests.Corpus;

[JsonDerivedType(typeof(Card), "card")]
[JsonDerivedType(typeof(Transfer), "transfer")]
[JsonDerivedType(typeof(Cash), "cash")]
public abstract record Payment(decimal Amount);

public sealed record Card(decimal Amount, string Number) : Payment(Amount);

public sealed record Transfer(decimal Amount) : Payment(Amount)
{
    public string Iban { get; init; } = "none";
}

public sealed record Cash(decimal Amount) : Payment(Amount);

[JsonPolymorphic(TypeDiscriminatorPropertyName = "kind")]
[JsonDerivedType(typeof(Circle), 1)]
[JsonDerivedType(typeof(Square), 2)]
public interface IShape
{
    string? Label { get; }
}

public sealed class Circle : IShape
{
    public double Radius { get; set; }

    public string? Label { get; set; }
}

public readonly record struct Square(double Side, string? Label) : IShape;

[JsonDerivedType(typeof(Animal))]
[JsonDerivedType(typeof(Dog), "dog")]
public class Animal
{
    public string Name { get; init; } = "animal";
}

public class Dog : Animal
{
    public bool Barks { get; set; } = true;
}

[JsonPolymorphic(UnknownDerivedTypeHandling = JsonUnknownDerivedTypeHandling.FallBackToNearestAncestor)]
[JsonDerivedType(typeof(Apple), "apple")]
public class Fruit
{
    public int Weight { get; set; }
}

public sealed class Apple : Fruit
{
    public string? Sort { get; set; }
}

public sealed class Pear : Fruit
{
    public int Sweetness { get; set; }
}

[JsonPolymorphic(IgnoreUnrecognizedTypeDiscriminators = true)]
[JsonDerivedType(typeof(Known), "known")]
public record MaybeKnown
{
    public int Value { get; init; }
}

public sealed record Known(string Text) : MaybeKnown;

[JsonDerivedType(typeof(Folder), "folder")]
[JsonDerivedType(typeof(Document), "document")]
public abstract class Node
{
    public required string Name { get; init; }
}

public sealed class Folder : Node
{
    public List<Node> Children { get; init; } = [];
}

public sealed class Document : Node
{
    public int Size { get; init; }
}

public interface INamed
{
    string? Name { get; set; }
}

[JsonDerivedType(typeof(Person), "person")]
public interface IAged : INamed
{
    int Age { get; set; }
}

public sealed class Person : IAged
{
    public int Age { get; set; }

    public string? Name { get; set; }
}

[Event]
public sealed record Paid(Guid Id, Payment Payment, Payment? Second = null);

[Event]
public sealed record PaidInParts(List<Payment> Parts, Dictionary<string, Payment?> ByName, Payment[] Rest);

[Event]
public sealed record Drawn(IShape Shape, IReadOnlyList<IShape> More);

[Event]
public sealed record DrawnConcretely(Circle Circle, Square Square);

[Event]
public sealed class Adopted
{
    public Animal? Animal { get; set; }

    public Dog? Dog { get; init; }
}

[Event]
public sealed record Picked(Fruit Fruit, List<Fruit> Basket);

[Event]
public sealed record Guessed(MaybeKnown Value);

[Event]
public sealed record Filed(Node Root);

[Event]
public sealed record Met(IAged Someone);

[Event]
[JsonDerivedType(typeof(PolymorphicEvent), "self")]
[JsonDerivedType(typeof(DerivedEvent), "derived")]
public record PolymorphicEvent(int Value);

[Event]
public sealed record DerivedEvent(int Value, string Text) : PolymorphicEvent(Value);
