using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;

namespace EventStore.EF.Generators.Tests.Corpus;

[Event]
public sealed record Nodes(JsonNode? Node, JsonObject? Object, JsonArray? Array, JsonValue? Value);

[Event]
public sealed record Elements(JsonElement Element, JsonElement? Optional, List<JsonElement> Many, Dictionary<string, JsonNode?> Map);

[Event]
public sealed record Documents(JsonDocument? Document, int After);

[Event]
public sealed record Objects(object? Any, List<object?>? Many, Dictionary<string, object>? Map);

[Event]
public sealed record Pairs(KeyValuePair<string, int> Pair, KeyValuePair<int, Point?>? Optional, List<KeyValuePair<string, List<int>>> Many);

[Event]
public sealed record ClassTuples(Tuple<int, string> Two, Tuple<int>? One, Tuple<int, int, int, int, int, int, int, Tuple<string>>? Eight);

[Event]
public sealed record Memories(Memory<byte> Bytes, ReadOnlyMemory<byte> More, Memory<int> Numbers, ReadOnlyMemory<Point> Points, Memory<byte>? Optional);

[Event]
public sealed record BigNumbers(Int128 A, UInt128? B, Half C, Half? D, List<Int128> E);

[Event]
public sealed record Versions(Version A, Version? B, List<Version> C, Uri D, Uri?[] E);

[Event]
public sealed class JsonInClass
{
    public JsonNode? Node { get; set; } = JsonValue.Create(1);

    public required JsonElement Element { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public JsonObject? Object { get; set; }
}

[Event]
public sealed record DateLists(List<DateTime> A, DateTimeOffset[] B, List<DateOnly?> C, Dictionary<string, TimeSpan> D, TimeOnly[] E);

[Event]
public sealed record Characters(char A, char? B, char[] C, List<char> D);

[Event]
public sealed record Floats(float A, double B, float? C, double? D, double[] E);

[Event]
public sealed record Booleans(bool A, bool? B, bool[] C, Dictionary<string, bool?> D);
