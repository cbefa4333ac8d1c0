using System.Text.Json;
using System.Text.Json.Serialization;

namespace EventStore.EF.Generators.Tests.Corpus;

[Event]
public sealed record Renamed([property: JsonPropertyName("the-name")] string Name, [property: JsonPropertyName("ÄÖ\"")] int Odd)
{
    [JsonPropertyOrder(-1)]
    public int First { get; init; }

    [JsonPropertyOrder(5)]
    public int Last { get; init; }

    public int Middle { get; init; }
}

[Event]
public sealed class Ignored
{
    [JsonIgnore]
    public int Always { get; set; } = 1;

    [JsonIgnore]
    public int InitOnly { get; init; } = 2;

    [JsonIgnore(Condition = JsonIgnoreCondition.Never)]
    public string? Never { get; set; }

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? WhenNull { get; set; }

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public int? NumberWhenNull { get; set; }

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public int WhenDefault { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public Point PointWhenDefault { get; set; }

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public List<int>? ListWhenDefault { get; set; }

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWriting)]
    public string? NotWritten { get; set; }

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenReading)]
    public string? NotRead { get; set; }

    [JsonIgnore]
    public Action? Delegate { get; set; }
}

[Event]
public sealed record IgnoredParameter(int A, [property: JsonIgnore] int B, [property: JsonIgnore] string? C = "c");

[Event]
public sealed class Included
{
    [JsonInclude]
    private int _field = 3;

    [JsonInclude]
    internal string Internal { get; set; } = "i";

    [JsonInclude]
    private string Private { get; init; } = "p";

    [JsonInclude]
    public int PrivateSet { get; private set; } = 6;

    [JsonInclude]
    public int Field = 4;

    public Included Fill(int number, string text)
    {
        _field = number;
        PrivateSet = number;
        return new() { Internal = text, Private = text, Field = number, PrivateSet = number, _field = number };
    }

    public int Sum => _field + PrivateSet + Private.Length;
}

[Event]
public struct IncludedInStruct
{
    [JsonInclude]
    private int _field;

    [JsonInclude]
    public int Field { readonly get => _field; private set => _field = value; }

    public static IncludedInStruct Of(int value) => new() { _field = value };
}

[Event]
public sealed class MarkedConstructor
{
    public MarkedConstructor() => Name = "wrong";

    [JsonConstructor]
    private MarkedConstructor(string name) => Name = name;

    public string Name { get; }

    public static MarkedConstructor Of(string name) => new(name);
}

public enum Color
{
    Red,

    [JsonStringEnumMemberName("bright-green")]
    Green,
}

[JsonConverter(typeof(JsonStringEnumConverter<Mood>))]
public enum Mood
{
    Fine,
    Sad,
}

[JsonConverter(typeof(TemperatureConverter))]
public readonly record struct Temperature(decimal Degrees);

public sealed class TemperatureConverter : JsonConverter<Temperature>
{
    public override Temperature Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
        => new(decimal.Parse(reader.GetString()!.TrimEnd('C'), System.Globalization.CultureInfo.InvariantCulture));

    public override void Write(Utf8JsonWriter writer, Temperature value, JsonSerializerOptions options)
        => writer.WriteStringValue(value.Degrees.ToString(System.Globalization.CultureInfo.InvariantCulture) + "C");
}

public sealed class UpperCaseConverter : JsonConverter<string>
{
    public override string? Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
        => reader.GetString()?.ToUpperInvariant();

    public override void Write(Utf8JsonWriter writer, string value, JsonSerializerOptions options) => writer.WriteStringValue(value.ToUpperInvariant());
}

[Event]
public sealed record ConvertedTypes(Temperature Outside, Temperature? Inside, Mood Mood, Mood? Maybe, List<Temperature> History, Dictionary<Mood, int> Moods);

[Event]
public sealed record ConvertedMembers(
    [property: JsonConverter(typeof(UpperCaseConverter))] string Name,
    [property: JsonConverter(typeof(UpperCaseConverter))] string? Nothing,
    [property: JsonConverter(typeof(JsonStringEnumConverter))] Color Color,
    [property: JsonConverter(typeof(JsonStringEnumConverter<Color>))] Color? MaybeColor,
    [property: JsonConverter(typeof(TemperatureConverter))] Temperature? Outside)
{
    [JsonConverter(typeof(UpperCaseConverter))]
    public string Kept { get; init; } = "kept";
}

[JsonConverter(typeof(JsonStringEnumConverter))]
public enum BigNamed : ulong
{
    Nothing,
    Most = ulong.MaxValue,
}

[Flags]
[JsonConverter(typeof(JsonStringEnumConverter<Marks>))]
public enum Marks
{
    None,
    Bold,
    Italic,
    Under = 4,
}

/// <summary>Names that a straight line can't tell apart, or that say the same.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<OddlyNamed>))]
public enum OddlyNamed : sbyte
{
    Small = -1,
    small = 1,
    Other = 2,
#pragma warning disable CA1069 // That two say the same is the point.
    Same = 2,
#pragma warning restore CA1069
}

[Event]
public sealed record NamedEnums(
    Mood Mood,
    Mood? Maybe,
    [property: JsonConverter(typeof(JsonStringEnumConverter))] Color Color,
    [property: JsonConverter(typeof(JsonStringEnumConverter<Color>))] Color? MaybeColor,
    [property: JsonConverter(typeof(JsonStringEnumConverter<SignedTiny>))] SignedTiny Tiny,
    List<Mood> Moods,
    BigNamed Big,
    Dictionary<string, BigNamed?> More)
{
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public Mood Later { get; init; }
}

[Event]
public sealed record UnnamedEnums(Marks Marks, OddlyNamed Odd, OddlyNamed? Maybe, Mood Mood, BigNamed Big);

[Event]
public sealed record ContainsConverted(ConvertedMembers Inner, List<ConvertedMembers> More);
