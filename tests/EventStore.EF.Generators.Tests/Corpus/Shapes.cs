using System.Text.Json.Serialization;

namespace EventStore.EF.Generators.Tests.Corpus;

[Event("init-only", Version = 2, Aliases = ["init-old", "init-older"])]
public sealed record InitOnly
{
    public int Number { get; init; } = 7;

    public string Text { get; init; } = "kept";

    public List<int> List { get; init; } = [1, 2];

    public Weekday Day { get; init; } = Weekday.Sunday;

    public int? Optional { get; init; } = 5;
}

[Event]
public sealed record Positional(int A, string B)
{
    public int C { get; init; } = 3;

    public int Twice => A * 2;
}

[Event]
public sealed class Required
{
    public required string Name { get; init; }

    public required int Count { get; set; }

    public string Note { get; init; } = "none";
}

[Event]
public sealed class RequiredInParameters(int a)
{
    public int A { get; } = a;

    public required string B { get; set; }

    [JsonRequired]
    public string C { get; set; } = "c";
}

[Event]
public sealed class SetsRequired
{
    [System.Diagnostics.CodeAnalysis.SetsRequiredMembers]
    public SetsRequired() => Name = "set";

    public required string Name { get; init; }
}

[Event]
public sealed class RefusesNull
{
    private string _name = "none";

    public required string Name
    {
        get => _name;
        init => _name = value ?? throw new ArgumentNullException(nameof(value));
    }
}

[Event]
public sealed class GetSet
{
    public int Number { get; set; } = 1;

    public string? Text { get; set; }

    public string Computed => $"{Number}";

    [JsonInclude]
    public int PrivateSet { get; private set; } = 4;

    public int SetOnly
    {
        set => Number = value;
    }

    public int this[int index] => index;

    public static int Shared => 1;

    [JsonIgnore]
    public int Field;

    [JsonIgnore]
    public List<int> ReadOnlyList { get; } = [];

    public void Remember(int value) => PrivateSet = value;
}

[Event]
public sealed class PrimaryConstructor(string name, int age)
{
    public string Name { get; } = name;

    public int Age { get; } = age;
}

[Event]
public sealed record ManyParameters(int A, int B, int C, int D, int E, string F);

[Event]
public sealed record Defaults(
    int Int = 5, string Text = "a\"b\n", decimal Decimal = 1.5m, double Double = 0.1, float Float = 0.2f, char Letter = '\'',
    bool Flag = true, Weekday Day = Weekday.Tuesday, SignedTiny Signed = SignedTiny.Min, int? Optional = 3, string? Nothing = null, Guid Id = default,
    long Long = long.MinValue, ulong ULong = ulong.MaxValue, Weekday? MaybeDay = Weekday.Sunday, double Nan = double.PositiveInfinity, byte Byte = 200);

[Event]
public record struct MutableStruct(int X, string? Y)
{
    public int Z { get; set; }
}

[Event]
public readonly record struct ReadonlyStruct(int X, string? Y)
{
    public int Z { get; init; }
}

[Event]
public struct PlainStruct
{
    public PlainStruct() => A = 9;

    public int A { get; set; }

    public required string B { get; init; }
}

[Event]
[method: JsonConstructor]
public readonly struct StructWithConstructor(int a, Point point)
{
    public int A { get; } = a;

    public Point Point { get; } = point;
}

public readonly record struct Point(int X, int Y);

[Event]
public sealed class @class
{
    public int @event { get; set; }

    public string? @string { get; init; }
}

public static class Outer
{
    [Event("nested-event")]
    public sealed record Nested(Inner Inner, Inner.Deepest Deepest);

    public sealed record Inner(int Value)
    {
        public sealed record Deepest(string Text);
    }
}
