using System.Text.Json;
using System.Text.Json.Serialization;

namespace EventStore.EF.Generators.Tests.Corpus;

public readonly record struct OrderId(Guid Value);

public record struct CustomerId(string Value);

[method: JsonConstructor]
public readonly struct Quantity(int value) : IEquatable<Quantity>
{
    public int Value { get; } = value;

    public bool Equals(Quantity other) => Value == other.Value;

    public override bool Equals(object? obj) => obj is Quantity other && Equals(other);

    public override int GetHashCode() => Value;
}

[method: JsonConstructor]
public readonly struct Price(decimal value)
{
    public decimal Value { get; } = value;
}

[JsonConverter(typeof(SkuConverter))]
public readonly record struct Sku(string Code);

public sealed class SkuConverter : JsonConverter<Sku>
{
    public override Sku Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) => new(reader.GetString()!);

    public override void Write(Utf8JsonWriter writer, Sku value, JsonSerializerOptions options) => writer.WriteStringValue(value.Code);
}

public sealed class NumberOrText : JsonConverterFactory
{
    public override bool CanConvert(Type typeToConvert) => typeToConvert == typeof(int);

    public override JsonConverter CreateConverter(Type typeToConvert, JsonSerializerOptions options) => new Lenient();

    private sealed class Lenient : JsonConverter<int>
    {
        public override int Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
            => reader.TokenType == JsonTokenType.String ? reader.GetString()!.Length : reader.GetInt32();

        public override void Write(Utf8JsonWriter writer, int value, JsonSerializerOptions options) => writer.WriteNumberValue(value);
    }
}

[Event]
public sealed record Identified(OrderId Order, CustomerId Customer, OrderId? Other);

[Event]
public sealed record Measured(Quantity Quantity, Price Price, Price? Old, List<Price> All);

[Event]
public sealed record Stocked(Sku Sku, Sku? Other, List<Sku> More);

[Event]
public sealed record Leniently([property: JsonConverter(typeof(NumberOrText))] int A, [property: JsonConverter(typeof(NumberOrText))] int? B);

[Event]
public readonly record struct IdEvent(Guid Value);

[Event]
public readonly struct EmptyStruct;

[Event]
public record struct Wide10(int A, int B, int C, int D, int E, int F, int G, int H, int I, int J);
