using System.Diagnostics.CodeAnalysis;
using System.Text.Json.Serialization;

namespace EventStore.EF.Generators.Tests.Corpus;

[Event]
public record class RecordClass(int A)
{
    public int B { get; set; } = A + 1;
}

[Event]
public sealed record Body
{
    public int A { get; init; }

    public string B { get; init; } = "b";
}

[Event]
public sealed record RequiredRecord
{
    public required int A { get; init; }

    public required string? B { get; init; }

    public required Line Line { get; init; }

    public required List<int> Numbers { get; init; }
}

[Event]
public sealed record MixedRecord(int A, string B = "b")
{
    public required int C { get; init; }

    public int D { get; set; } = 4;

    public int E { get; } = 5;

    public int F => A + D;
}

[Event]
public sealed record TwoConstructors(int A, int B)
{
    [JsonConstructor]
    public TwoConstructors(int a)
        : this(a, 7)
    {
    }
}

[Event]
public sealed record WithParameterless(int A, string B)
{
    public WithParameterless()
        : this(1, "b")
    {
    }
}

[Event]
public sealed class PrivateConstructor
{
    [JsonConstructor]
    private PrivateConstructor()
    {
    }

    [JsonInclude]
    public int A { get; private init; } = 1;

    [JsonInclude]
    public string B { get; private set; } = "b";
}

[Event]
public sealed class InternalConstructor
{
    [JsonConstructor]
    internal InternalConstructor(int a) => A = a;

    public int A { get; }
}

[Event]
public sealed class ParametersOutOfOrder(string b, int a)
{
    public int A { get; } = a;

    public string B { get; } = b;
}

[Event]
public sealed class ParameterWithSetter(int a)
{
    public int A { get; set; } = a;

    public int B { get; set; } = a;
}

[Event]
public sealed class OtherCase(int userID, string URL)
{
    public int UserId { get; } = userID;

    public string Url { get; } = URL;
}

[Event]
public sealed class Validates(int amount)
{
    private int _limit = 10;

    public int Amount { get; } = amount >= 0 ? amount : throw new ArgumentOutOfRangeException(nameof(amount), "negative");

    public int Limit
    {
        get => _limit;
        set => _limit = value < 100 ? value : throw new InvalidOperationException("too high");
    }
}

[Event]
public sealed class SettersWithOrder(int a)
{
    [JsonIgnore]
    private readonly List<string> _log = [];

    public int A { get; } = a;

    public int B
    {
        get => 1;
        set => _log.Add($"B{value}");
    }

    public int C
    {
        get => 2;
        set => _log.Add($"C{value}");
    }

    public string Log => string.Concat(_log);
}

[Event]
public sealed class FieldKeyword
{
    public string Name
    {
        get;
        set => field = value?.Trim() ?? "none";
    } = "initial";
}

[Event]
public sealed class MemberNotNull
{
    [AllowNull]
    public string Name
    {
        get => field ?? "none";
        set;
    }

    [DisallowNull]
    public int? Number { get; set; }
}

[Event]
public class Unsealed
{
    public virtual int A { get; set; } = 1;

    public int B { get; init; } = 2;
}

[Event]
public sealed class Sealed : Unsealed
{
    public override int A { get; set; } = 10;

    public string? Own { get; set; }
}

public class Middle : Unsealed
{
    [JsonInclude]
    public int C { get; private set; } = 3;
}

[Event]
public sealed class ThreeLevels : Middle
{
    public int D { get; set; } = 4;
}

public abstract class AbstractMembers
{
    public abstract int A { get; set; }

    public abstract string B { get; }
}

[Event]
public sealed class Implements : AbstractMembers
{
    public override int A { get; set; } = 1;

    public override string B => "b";
}

public interface IHasKey
{
    string Key { get; }

    int Default => 5;
}

[Event]
public sealed record Explicit(int A) : IHasKey
{
    string IHasKey.Key => "explicit";
}

[Event]
public struct MutableFields
{
    public int A { get; set; }

    public string? B { readonly get; set; }

    public required int C { get; set; }
}

[Event]
public readonly struct ReadonlyWithInit
{
    public ReadonlyWithInit()
    {
    }

    public int A { get; init; } = 1;

    public string B { get; init; } = "b";
}

[Event]
public record struct DefaultsInStruct(int A = 5, string B = "x")
{
    public int C { get; set; } = 6;
}

[Event]
public sealed record StructsInside(MutableStruct A, ReadonlyStruct B, PlainStruct? C, DefaultsInStruct[] D);

[Event]
public sealed record NullDefaults(string? A = null, int? B = null, Line? C = null, List<int>? D = null, Point? E = null, Point F = default);

[Event]
public sealed record OldAndNew(int Old, [property: Obsolete("renamed")] int Gone, string Added = "added");

[Event]
public sealed record Single(int A);

[Event]
public sealed record FourParameters(int A, string B, decimal C, Guid D);

[Event]
public sealed record FiveParameters(int A, string B, decimal C, Guid D, DateTimeOffset E);

[Event]
public sealed record Twenty(
    int A, int B, int C, int D, int E, int F, int G, int H, int I, int J, string K, string L, string M, string N, string O, bool P, bool Q, bool R, bool S, bool T);

[Event]
public sealed class Seventy
{
    public int A0 { get; set; }
    public int A1 { get; set; }
    public int A2 { get; set; }
    public int A3 { get; set; }
    public int A4 { get; set; }
    public int A5 { get; set; }
    public int A6 { get; set; }
    public int A7 { get; set; }
    public int A8 { get; set; }
    public int A9 { get; set; }
    public int B0 { get; set; }
    public int B1 { get; set; }
    public int B2 { get; set; }
    public int B3 { get; set; }
    public int B4 { get; set; }
    public int B5 { get; set; }
    public int B6 { get; set; }
    public int B7 { get; set; }
    public int B8 { get; set; }
    public int B9 { get; set; }
    public int C0 { get; set; }
    public int C1 { get; set; }
    public int C2 { get; set; }
    public int C3 { get; set; }
    public int C4 { get; set; }
    public int C5 { get; set; }
    public int C6 { get; set; }
    public int C7 { get; set; }
    public int C8 { get; set; }
    public int C9 { get; set; }
    public int D0 { get; set; }
    public int D1 { get; set; }
    public int D2 { get; set; }
    public int D3 { get; set; }
    public int D4 { get; set; }
    public int D5 { get; set; }
    public int D6 { get; set; }
    public int D7 { get; set; }
    public int D8 { get; set; }
    public int D9 { get; set; }
    public int E0 { get; set; }
    public int E1 { get; set; }
    public int E2 { get; set; }
    public int E3 { get; set; }
    public int E4 { get; set; }
    public int E5 { get; set; }
    public int E6 { get; set; }
    public int E7 { get; set; }
    public int E8 { get; set; }
    public int E9 { get; set; }
    public int F0 { get; set; }
    public int F1 { get; set; }
    public int F2 { get; set; }
    public int F3 { get; set; }
    public int F4 { get; set; }
    public int F5 { get; set; }
    public int F6 { get; set; }
    public int F7 { get; set; }
    public int F8 { get; set; }
    public int F9 { get; set; }
    public int G0 { get; set; }
    public int G1 { get; set; }
    public int G2 { get; set; }
    public int G3 { get; set; }
    public int G4 { get; set; }
    public int G5 { get; set; }
}
