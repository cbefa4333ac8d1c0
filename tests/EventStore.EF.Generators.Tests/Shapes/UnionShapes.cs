namespace EventStore.EF.Generators.Tests.Shapes;

/// <summary>Unions: closed hierarchies, options, results.</summary>
internal static class UnionShapes
{
    private const string Option = """
        [JsonConverter(typeof(OptionConverterFactory))]
        public readonly struct Option<T>
        {
            private readonly T? _value;
            private readonly bool _has;
            private Option(T value) => (_value, _has) = (value, true);
            public static Option<T> Some(T value) => new(value);
            public static Option<T> None => default;
            public bool TryGet(out T? value) { value = _value; return _has; }
        }

        public sealed class OptionConverterFactory : JsonConverterFactory
        {
            public override bool CanConvert(Type typeToConvert) => typeToConvert.IsGenericType && typeToConvert.GetGenericTypeDefinition() == typeof(Option<>);
            public override JsonConverter CreateConverter(Type typeToConvert, JsonSerializerOptions options)
                => (JsonConverter)Activator.CreateInstance(typeof(OptionConverter<>).MakeGenericType(typeToConvert.GetGenericArguments()))!;
        }

        public sealed class OptionConverter<T> : JsonConverter<Option<T>>
        {
            public override Option<T> Read(ref Utf8JsonReader reader, Type type, JsonSerializerOptions options)
                => reader.TokenType == JsonTokenType.Null ? Option<T>.None : Option<T>.Some(((JsonConverter<T>)options.GetConverter(typeof(T))).Read(ref reader, typeof(T), options)!);
            public override bool HandleNull => true;
            public override void Write(Utf8JsonWriter writer, Option<T> value, JsonSerializerOptions options)
            {
                if (value.TryGet(out var present))
                    ((JsonConverter<T>)options.GetConverter(typeof(T))).Write(writer, present!, options);
                else
                    writer.WriteNullValue();
            }
        }

        public sealed record Address(string Street, int Number);

        """;

    public static IEnumerable<(string Name, string Source, string Values)> Stored =>
    [
        ("closed hierarchy", "[JsonDerivedType(typeof(Card), \"card\"), JsonDerivedType(typeof(Cash), \"cash\")] public abstract record Payment; public sealed record Card(string Number) : Payment; public sealed record Cash(decimal Given) : Payment; [Event] public record A(Payment P, List<Payment> More);", "new A(new Card(\"4\"), [new Cash(3), new Card(\"x\")])"),
        ("empty cases", "[JsonDerivedType(typeof(On), \"on\"), JsonDerivedType(typeof(Off), \"off\")] public abstract record State; public sealed record On : State; public sealed record Off : State; [Event] public record A(State S);", "new A(new On()), new A(new Off())"),
        ("nested cases", "[JsonDerivedType(typeof(Ok), 1), JsonDerivedType(typeof(Failed), 2)] public abstract record Result { public sealed record Ok(int Value) : Result; public sealed record Failed(string Why) : Result; } [Event] public record A(Result R);".Replace("typeof(Ok)", "typeof(Result.Ok)", StringComparison.Ordinal).Replace("typeof(Failed)", "typeof(Result.Failed)", StringComparison.Ordinal), "new A(new Result.Ok(1)), new A(new Result.Failed(\"x\"))"),
        ("union by interface", "[JsonDerivedType(typeof(Mail), \"mail\"), JsonDerivedType(typeof(Call), \"call\")] public interface IContact; public record Mail(string To) : IContact; public record struct Call(int Number) : IContact; [Event] public record A(IContact C);", "new A(new Mail(\"x\")), new A(new Call(3))"),
        ("option with a factory, and no other event with its value", Option + "[Event] public record A(Option<Address> Where);", "new A(Option<Address>.Some(new(\"s\", 3))), new A(Option<Address>.None)"),
        ("option of a list", Option + "[Event] public record A(Option<List<Address>> Where, Option<int> N);", "new A(Option<List<Address>>.Some([new(\"s\", 3)]), Option<int>.Some(4))"),
        ("option at a member", Option.Replace("[JsonConverter(typeof(OptionConverterFactory))]", "", StringComparison.Ordinal) + "[Event] public record A([property: JsonConverter(typeof(OptionConverterFactory))] Option<Address> Where);", "new A(Option<Address>.Some(new(\"s\", 3)))"),
        ("registered factory", "[assembly: EventConverter(typeof(OptionConverterFactory))] [Event] public record A(Option<Address> Where, Option<string> T); " + Option.Replace("[JsonConverter(typeof(OptionConverterFactory))]", "", StringComparison.Ordinal), "new A(Option<Address>.Some(new(\"s\", 3)), Option<string>.Some(\"t\"))"),
        ("registered factory that names its type", "[assembly: EventConverter(typeof(OptionConverterFactory), typeof(Option<>))] [Event] public record A(Option<Address> Where); " + Option.Replace("[JsonConverter(typeof(OptionConverterFactory))]", "", StringComparison.Ordinal), "new A(Option<Address>.None)"),
        ("registered open converter", "[assembly: EventConverter(typeof(OptionConverter<>))] [Event] public record A(Option<Address> Where); " + Option.Replace("[JsonConverter(typeof(OptionConverterFactory))]", "", StringComparison.Ordinal), "new A(Option<Address>.Some(new(\"s\", 3)))"),
    ];

    public static IEnumerable<(string Name, string Source, string Id, string Text)> Refused =>
    [
        ("abstract without cases", "public abstract record Payment; public record Card(string N) : Payment; [Event] public record A(Payment P);", "ESEF2005", "'Payment' is abstract"),
        ("case that loses state", "[JsonDerivedType(typeof(Card), \"card\")] public abstract record Payment; public sealed record Card : Payment { public string? Number { get; private set; } } [Event] public record A(Payment P);", "ESEF2011", "P → Card → Number"),
        ("option of what can't be stored", Option + "public sealed class Hidden { private int _x; public int Next() => ++_x; } [Event] public record A(Option<Hidden> Where);", "ESEF2011", "_x"),
        ("option without converter", "public readonly struct Maybe<T> { private readonly T? _value; public Maybe(T value) => _value = value; public bool Has() => _value is not null; } [Event] public record A(Maybe<int> Where);", "ESEF2011", "Where → Maybe → _value"),
    ];
}
