using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization.Metadata;
using CsCheck;

namespace EventStore.EF.Generators.Tests.Serialization;

/// <summary>Random JSON that fits a type, more or less: members are missing, null, doubled, unknown or in another order now and then.</summary>
internal static class Documents
{
    private static readonly Gen<string?> Missing = Gen.Const((string?)null);
    private static readonly Gen<string> Null = Gen.Const("null");

    private static readonly Gen<string> Text = Gen.OneOf(
        Gen.String[Gen.Char.AlphaNumeric, 0, 6].Select(Quoted),
        Gen.OneOf("\"\"", "\"\\u0000\"", "\"\\\"\\\\\\/\\b\\f\\n\\r\\t\"", "\"\\u00e4\\ud83d\\ude00\"", "\"ä😀\"", "\" <&'> \"", "\"x\""));

    private static readonly Gen<string> Json = Gen.OneOf(
        "null", "true", "false", "0", "-1.5e3", "\"t\"", "[]", "{}", "[1,[null,{\"a\":2}]]", "{\"$type\":\"x\",\"b\":[]}", "{\"a\":1,\"a\":2}", " { \"c\" : [ 1 , 2 ] } ");

    private static readonly Gen<string> Whole = Gen.OneOf(
        Gen.OneOf("0", "-0", "1", "-1", "127", "128", "255", "256", "32768", "65535", "2147483647", "4294967295", "9223372036854775807", "1e2", "1.0", "007"),
        Gen.Int.Select(number => $"{number}"));

    private static readonly Gen<string> Real = Gen.OneOf(Whole, Gen.OneOf("0.1", "1.50", "-3.25e-4", "1E400", "79228162514264337593543950335", "1e-30"));

    private static readonly Dictionary<Type, Gen<string>> Values = new()
    {
        [typeof(bool)] = Gen.OneOf("true", "false"),
        [typeof(char)] = Gen.OneOf("\"x\"", "\"ä\"", "\"\\u20ac\"", "\"\\\"\"", "\"xy\"", "\"\"", "\"😀\""),
        [typeof(Guid)] = Gen.OneOf(Gen.Guid.Select(id => $"\"{id}\""), Gen.OneOf("\"{0b9c3cf6-8e3c-4f1e-9a55-3b7d7f0f6a11}\"", "\"no id\"")),
        [typeof(DateTime)] = Gen.OneOf("\"2024-02-29T01:02:03Z\"", "\"2024-02-29T01:02:03.1234567+05:30\"", "\"2024-02-29\"", "\"2023-02-29T00:00:00\"", "\"\\u0032024-02-29T01:02:03Z\""),
        [typeof(DateTimeOffset)] = Gen.OneOf("\"2024-02-29T01:02:03Z\"", "\"2024-02-29T01:02:03.5-11:00\"", "\"2024-02-29\"", "\"x\""),
        [typeof(DateOnly)] = Gen.OneOf("\"2024-02-29\"", "\"0001-01-01\"", "\"2023-02-29\"", "\"2024-02-29T00:00:00\"", "\"\\u0032024-02-29\""),
        [typeof(TimeOnly)] = Gen.OneOf("\"23:59:59.9999999\"", "\"00:00\"", "\"24:00:00\"", "\"-01:00:00\""),
        [typeof(TimeSpan)] = Gen.OneOf("\"1.02:03:04.5\"", "\"-00:00:01\"", "\"10675199.02:48:05.4775807\"", "\"1\"", "\"x\""),
        [typeof(Uri)] = Gen.OneOf("\"https://example.org/\\u00e4?q=1\"", "\"relative/x\"", "\"\"", "\"http://[\""),
        [typeof(Version)] = Gen.OneOf("\"1.2\"", "\"1.2.3.4\"", "\"1\"", "\" 1.2\"", "\"a.b\""),
        [typeof(byte[])] = Gen.OneOf("\"\"", "\"AQI=\"", "\"AQI\"", "\"\\u0041QI=\"", "\"ä\""),
        [typeof(string)] = Text,
        [typeof(float)] = Real,
        [typeof(double)] = Real,
        [typeof(decimal)] = Real,
        [typeof(Half)] = Real,
        [typeof(object)] = Json,
        [typeof(JsonElement)] = Json,
        [typeof(JsonDocument)] = Json,
        [typeof(JsonNode)] = Json,
        [typeof(JsonValue)] = Gen.OneOf("1", "\"t\"", "true", "[]"),
        [typeof(JsonObject)] = Gen.OneOf("{}", "{\"a\":[1]}", "[]", "{\"a\":1,\"a\":2}"),
        [typeof(JsonArray)] = Gen.OneOf("[]", "[{\"a\":1}]", "{}"),
        [typeof(Corpus.Mood)] = Gen.OneOf("\"Fine\"", "\"Sad\"", "\"sad\"", "1", "\"None\""),
        [typeof(Corpus.Temperature)] = Gen.OneOf("\"1.5C\"", "\"x\""),
        [typeof(Corpus.Sku)] = Text,
    };

    public static Gen<string> Of(Type type, int depth = 4)
    {
        type = Nullable.GetUnderlyingType(type) ?? type;
        if (Values.TryGetValue(type, out var values))
            return values;
        var info = Serialization.Json.Reflection.GetTypeInfo(type);
        return info.Kind switch
        {
            JsonTypeInfoKind.Object => Object(info, depth),
            JsonTypeInfoKind.Enumerable when type == typeof(Memory<byte>) || type == typeof(ReadOnlyMemory<byte>) => Values[typeof(byte[])],
            JsonTypeInfoKind.Enumerable => depth <= 0 ? Gen.Const("[]") : Element(info.ElementType!, depth).Array[0, 3].Select(items => $"[{string.Join(',', items)}]"),
            JsonTypeInfoKind.Dictionary => Dictionary(info, depth),
            _ => Whole,
        };
    }

    private static Gen<string> Object(JsonTypeInfo info, int depth)
    {
        if (depth <= 0)
            return Gen.OneOf("null", "{}");
        if (info.PolymorphismOptions is not { } polymorphism)
            return Members(info, depth, []);
        var name = Quoted(polymorphism.TypeDiscriminatorPropertyName);
        return Gen.OneOf(
        [
            .. polymorphism.DerivedTypes.Select(derived => Members(
                Serialization.Json.Reflection.GetTypeInfo(derived.DerivedType),
                depth,
                derived.TypeDiscriminator is { } id ? [$"{name}:{(id is string text ? Quoted(text) : id)}"] : [])),
            Members(info, depth, [$"{name}:\"unknown\""]),
            Members(info, depth, []),
        ]);
    }

    private static Gen<string> Members(JsonTypeInfo info, int depth, string[] first)
    {
        var members = Gen.Const((IReadOnlyList<string>)first);
        foreach (var property in info.Properties)
        {
            var name = Quoted(property.Name);
            var value = property.IsExtensionData ? Json.Select(json => $"\"extra\":{json}") : Element(property.PropertyType, depth).Select(json => $"{name}:{json}");
            var maybe = Gen.Frequency((17, value.Select(text => (string?)text)), (1, Missing), (1, Json.Select(json => (string?)$"{name}:{json}")));
            members = Gen.Select(members, maybe, (all, member) => member is null ? all : [.. all, member]);
        }

        return Gen.Select(members, Gen.Int[0, 11], Json, (all, change, json) => (all.Count == 0 ? -1 : change) switch
        {
            0 => [.. all, $"\"unknown\":{json}"],
            1 => [.. all, all[0]],
            2 => [.. all.Skip(1), all[0]],
            3 => all.Reverse(),
            _ => all,
        }).Select(all => $"{{{string.Join(',', all)}}}");
    }

    private static Gen<string> Dictionary(JsonTypeInfo info, int depth)
    {
        if (depth <= 0)
            return Gen.Const("{}");
        var key = info.KeyType == typeof(string) ? Text : Of(info.KeyType!).Select(json => json.StartsWith('"') ? json : $"\"{json}\"");
        return Gen.Select(key, Element(info.ElementType!, depth), (name, value) => $"{name}:{value}").Array[0, 3].Select(pairs => $"{{{string.Join(',', pairs)}}}");
    }

    private static Gen<string> Element(Type type, int depth)
        => Gen.Frequency((type.IsValueType && Nullable.GetUnderlyingType(type) is null ? 30 : 9, Of(type, depth - 1)), (1, Null));

    private static string Quoted(string text) => JsonSerializer.Serialize(text);
}
