using System.Text.Json;
using System.Text.Json.Serialization;

namespace EventStore.EF.Generators.Tests.Corpus;

[Event]
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
public sealed record RefusesUnknown(int A, string? B);

[Event]
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Skip)]
public sealed class SkipsUnknown
{
    public int A { get; set; }
}

[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
public sealed class Strict
{
    public int A { get; set; }
}

[Event]
public sealed record ContainsStrict(Strict One, List<Strict>? Many);

[Event]
public sealed class NumbersAsText
{
    [JsonNumberHandling(JsonNumberHandling.WriteAsString | JsonNumberHandling.AllowReadingFromString)]
    public long Id { get; set; }

    [JsonNumberHandling(JsonNumberHandling.AllowReadingFromString)]
    public int? Count { get; init; }

    [JsonNumberHandling(JsonNumberHandling.AllowNamedFloatingPointLiterals)]
    public double Ratio { get; init; } = double.NaN;

    [JsonNumberHandling(JsonNumberHandling.WriteAsString)]
    public List<decimal> Amounts { get; init; } = [];

    [JsonNumberHandling(JsonNumberHandling.Strict)]
    public Half Half { get; init; }
}

[Event]
[JsonNumberHandling(JsonNumberHandling.AllowReadingFromString | JsonNumberHandling.WriteAsString)]
public sealed record AllNumbersAsText(int A, decimal? B, float[] C, string D, Dictionary<string, long> E);

[Event]
public sealed record ContainsNumbersAsText(AllNumbersAsText Inner, NumbersAsText? Other);

[Event]
public sealed class KeepsTheRest
{
    public int A { get; set; }

    [JsonExtensionData]
    public Dictionary<string, JsonElement>? Rest { get; set; }
}

[Event]
public sealed record KeepsTheRestAsElements(int A)
{
    [JsonExtensionData]
    public IDictionary<string, JsonElement>? Rest { get; init; }
}

[Event]
public sealed record KeepsTheRestAsObjects(int A)
{
    [JsonExtensionData]
    public IDictionary<string, object>? Rest { get; init; }
}

[Event]
public sealed record ContainsRest(KeepsTheRest One, KeepsTheRestAsElements? Two);

[Event]
public sealed class Populated
{
    [JsonObjectCreationHandling(JsonObjectCreationHandling.Populate)]
    public List<int> Numbers { get; } = [];

    [JsonObjectCreationHandling(JsonObjectCreationHandling.Populate)]
    public Dictionary<string, string> Map { get; } = new();

    [JsonObjectCreationHandling(JsonObjectCreationHandling.Populate)]
    public Inner Nested { get; } = new();

    public sealed class Inner
    {
        public int A { get; set; } = 1;

        public int B { get; set; } = 2;
    }
}

[Event]
[JsonObjectCreationHandling(JsonObjectCreationHandling.Populate)]
public sealed class PopulatedAll
{
    public List<int> Numbers { get; } = [];

    public HashSet<string> Texts { get; set; } = new(StringComparer.OrdinalIgnoreCase);

    [JsonObjectCreationHandling(JsonObjectCreationHandling.Replace)]
    public List<int> Replaced { get; set; } = [3];

    public int[] Array { get; set; } = [4];

    public int Number { get; set; } = 5;
}

[Event]
public class Fields
{
    [JsonInclude]
    public int Public = 1;

    [JsonInclude]
    public readonly string Readonly = "r";

    [JsonInclude, JsonPropertyName("renamed")]
    internal int? Internal;

    [JsonInclude, JsonPropertyOrder(-3)]
    protected List<int> Protected = [];

    [JsonInclude]
    public required string Must;

    [JsonIgnore]
    public int NotIncluded = 9;
}

[Event]
public struct FieldsOfStruct
{
    [JsonInclude]
    public int A;

    [JsonInclude]
    public string? B;
}

[Event]
[method: JsonConstructor]
public sealed class FieldsOfConstructor(int a, string b)
{
    [JsonInclude]
    public readonly int A = a;

    [JsonInclude]
    public readonly string B = b;
}
