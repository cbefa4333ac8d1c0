namespace EventStore.EF.Generators.Tests.Shapes;

/// <summary>Strongly typed ids in the styles that are common.</summary>
internal static class IdShapes
{
    private const string Id = "new Guid(\"0b9c3cf6-8e3c-4f1e-9a55-3b7d7f0f6a11\")";

    private const string Converter = """
        public sealed class OrderIdConverter : JsonConverter<OrderId>
        {
            public override OrderId Read(ref Utf8JsonReader reader, Type type, JsonSerializerOptions options) => OrderId.Of(reader.GetGuid());
            public override void Write(Utf8JsonWriter writer, OrderId value, JsonSerializerOptions options) => writer.WriteStringValue(value.ToGuid());
            public override OrderId ReadAsPropertyName(ref Utf8JsonReader reader, Type type, JsonSerializerOptions options) => OrderId.Of(Guid.Parse(reader.GetString()!));
            public override void WriteAsPropertyName(Utf8JsonWriter writer, OrderId value, JsonSerializerOptions options) => writer.WritePropertyName(value.ToGuid().ToString());
        }
        """;

    private const string Opaque = """
        public readonly struct OrderId
        {
            private readonly Guid _value;
            private OrderId(Guid value) => _value = value;
            public static OrderId Of(Guid value) => new(value);
            public Guid ToGuid() => _value;
        }
        """;

    private const string Family = """
        public interface IId<TValue> { TValue Value { get; } }
        public readonly struct CustomerId : IId<int> { public CustomerId(int value) => Value = value; public int Value { get; } }
        public readonly struct ProductId : IId<string> { public ProductId(string value) => Value = value; public string Value { get; } }
        public sealed class IdConverter<TId, TValue> : JsonConverter<TId> where TId : struct, IId<TValue>
        {
            public override TId Read(ref Utf8JsonReader reader, Type type, JsonSerializerOptions options) => (TId)Activator.CreateInstance(typeof(TId), JsonSerializer.Deserialize<TValue>(ref reader, options))!;
            public override void Write(Utf8JsonWriter writer, TId value, JsonSerializerOptions options) => JsonSerializer.Serialize(writer, value.Value, options);
        }
        """;

    public static IEnumerable<(string Name, string Source, string Values)> Stored =>
    [
        ("record struct", "public readonly record struct OrderId(Guid Value); [Event] public record A(OrderId Id, OrderId? Parent);", $"new A(new({Id}), null), new A(default, new({Id}))"),
        ("record class", "public sealed record OrderId(string Value); [Event] public record A(OrderId Id);", "new A(new(\"x\"))"),
        ("record struct with validation", "public readonly record struct Number { public Number(int value) => Value = value > 0 ? value : throw new ArgumentOutOfRangeException(nameof(value)); public int Value { get; init; } } [Event] public record A(Number N);", "new A(new(3))"),
        ("class with JsonConstructor", "public sealed class OrderId { [JsonConstructor] private OrderId(Guid value) => Value = value; public Guid Value { get; } public static OrderId Of(Guid g) => new(g); } [Event] public record A(OrderId Id);", $"new A(OrderId.Of({Id}))"),
        ("struct with JsonConstructor", "public readonly struct OrderId { [JsonConstructor] public OrderId(Guid value) => Value = value; public Guid Value { get; } } [Event] public record A(OrderId Id);", $"new A(new({Id}))"),
        ("opaque struct with a registered converter", "[assembly: EventConverter(typeof(OrderIdConverter))] [Event] public record A(OrderId Id, OrderId? Maybe, OrderId[] All); " + Opaque + Converter, $"new A(OrderId.Of({Id}), null, [OrderId.Of({Id})])"),
        ("opaque struct as a key", "[assembly: EventConverter(typeof(OrderIdConverter))] [Event] public record A(Dictionary<OrderId, int> Counts); " + Opaque + Converter, $"new A(new() {{ [OrderId.Of({Id})] = 4 }})"),
        ("opaque struct marked with its converter", Opaque.Replace("public readonly struct", "[JsonConverter(typeof(OrderIdConverter))] public readonly struct", StringComparison.Ordinal) + Converter + "[Event] public record A(OrderId Id);", $"new A(OrderId.Of({Id}))"),
        ("a family with one open converter", "[assembly: EventConverter(typeof(IdConverter<,>))] [Event] public record A(CustomerId Customer, ProductId? Product); " + Family, "new A(new(3), new(\"p\")), new A(new(0), null)"),
        ("generic phantom id", "public sealed class Customer { private int _secret; public int Count() => _secret++; } public readonly record struct Id<T>(Guid Value); [Event] public record A(Id<Customer> Customer);", $"new A(new({Id}))"),
        ("base record of ids", "public abstract record TypedId(Guid Value); public sealed record OrderId(Guid Value) : TypedId(Value); [Event] public record A(OrderId Id);", $"new A(new OrderId({Id}))"),
        ("implicit conversions", "public readonly record struct Sku(string Value) { public static implicit operator string(Sku sku) => sku.Value; public static implicit operator Sku(string value) => new(value); } [Event] public record A(Sku Sku);", "new A(\"x\")"),
        ("field shown by a property", "public sealed class OrderId { private readonly Guid _value; public OrderId(Guid value) { _value = value; } public Guid Value => _value; } [Event] public record A(OrderId Id);", $"new A(new({Id}))"),
        ("primary constructor", "public sealed class OrderId(Guid value) { public Guid Value { get; } = value; } [Event] public record A(OrderId Id);", $"new A(new({Id}))"),
        ("captured parameter", "public sealed class OrderId(Guid value) { public Guid Value => value; } [Event] public record A(OrderId Id);", $"new A(new({Id}))"),
    ];

    public static IEnumerable<(string Name, string Source, string Id, string Text)> Refused =>
    [
        ("opaque struct", "[Event] public record A(OrderId Id); " + Opaque, "ESEF2011", "'Id → OrderId → _value' would be lost"),
        ("opaque struct in a list", "[Event] public record A(List<OrderId> Ids); " + Opaque, "ESEF2011", "Ids → OrderId → _value"),
        ("struct with a property and no JsonConstructor", "public readonly struct OrderId { public OrderId(Guid value) => Value = value; public Guid Value { get; } } [Event] public record A(OrderId Id);", "ESEF2011", "Id → OrderId → Value"),
        ("class with a private constructor", "public sealed class OrderId { private OrderId(Guid value) => Value = value; public Guid Value { get; } } [Event] public record A(OrderId Id);", "ESEF2003", "Id → OrderId"),
        ("id as a key without a converter for names", "public readonly record struct OrderId(Guid Value); [Event] public record A(Dictionary<OrderId, int> Counts);", "ESEF2002", "a dictionary's key can't be 'OrderId'"),
        ("not a converter", "public sealed class Not; [Event] public record A([property: JsonConverter(typeof(Not))] int X);", "ESEF2002", "'Not' is not a JsonConverter"),
        ("registered, but not a converter", "[assembly: EventConverter(typeof(string))] [Event] public record A(int X);", "ESEF2014", "it is not a JsonConverter"),
        ("registered factory that names no type", "[assembly: EventConverter(typeof(F))] public sealed class F : JsonConverterFactory { public override bool CanConvert(Type t) => t.Name == \"X\"; public override JsonConverter? CreateConverter(Type t, JsonSerializerOptions o) => null; } [Event] public record A(int X);", "ESEF2014", "which types it converts"),
        ("registered twice", "[assembly: EventConverter(typeof(OrderIdConverter)), EventConverter(typeof(OrderIdConverter))] [Event] public record A(OrderId Id); " + Opaque + Converter, "ESEF2014", "converts 'OrderId' already"),
    ];
}
