namespace EventStore.EF.Generators.Tests.Shapes;

/// <summary>Types of a library: NodaTime-like structs, money, base classes, unions.</summary>
internal static class LibraryShapes
{
    private const string MomentConverter = """
        public sealed class MomentConverter : JsonConverter<Clocks.Moment>
        {
            public override Clocks.Moment Read(ref Utf8JsonReader reader, Type type, JsonSerializerOptions options) => Clocks.Moment.FromTicks(reader.GetInt64());
            public override void Write(Utf8JsonWriter writer, Clocks.Moment value, JsonSerializerOptions options) => writer.WriteNumberValue(value.ToTicks());
        }
        """;

    private const string UnionConverter = """
        public sealed class OneOfConverter<T0, T1> : JsonConverter<Clocks.OneOf<T0, T1>>
        {
            public override Clocks.OneOf<T0, T1> Read(ref Utf8JsonReader reader, Type type, JsonSerializerOptions options)
            {
                reader.Read();
                var index = reader.GetInt32();
                reader.Read();
                var value = index == 0
                    ? Clocks.OneOf<T0, T1>.Of0(JsonSerializer.Deserialize<T0>(ref reader, options)!)
                    : Clocks.OneOf<T0, T1>.Of1(JsonSerializer.Deserialize<T1>(ref reader, options)!);
                reader.Read();
                return value;
            }

            public override void Write(Utf8JsonWriter writer, Clocks.OneOf<T0, T1> value, JsonSerializerOptions options)
            {
                writer.WriteStartArray();
                writer.WriteNumberValue(value.Index);
                if (value.Index == 0)
                    JsonSerializer.Serialize(writer, (T0)value.Value!, options);
                else
                    JsonSerializer.Serialize(writer, (T1)value.Value!, options);
                writer.WriteEndArray();
            }
        }
        """;

    public static IEnumerable<(string Name, string Source, string Values)> Stored =>
    [
        ("money record", "[Event] public record A(Clocks.Money Price, Clocks.Money? Tax);", "new A(new(1.5m, \"EUR\"), null), new A(new(-2m, \"\"), new(0m, \"x\"))"),
        ("record struct", "[Event] public record A(Clocks.Percentage Rate, Clocks.Percentage? Other);", "new A(new(0.19m), new(7m)), new A(default, null)"),
        ("empty record", "[Event] public record A(Clocks.Nothing N);", "new A(new Clocks.Nothing())"),
        ("base class with id", "[Event] public sealed class A(Guid id, int x) : Clocks.Message(id) { public int X { get; } = x; }", "new A(new Guid(\"0b9c3cf6-8e3c-4f1e-9a55-3b7d7f0f6a11\"), 3)"),
        ("registered converter", "[assembly: EventConverter(typeof(MomentConverter))] [Event] public record A(Clocks.Moment At, Clocks.Moment? Until, List<Clocks.Moment> All); " + MomentConverter,
            "new A(Clocks.Moment.FromTicks(5), null, [Clocks.Moment.FromTicks(7)]), new A(default, Clocks.Moment.FromTicks(-1), [])"),
        ("registered converter in nested types", "[assembly: EventConverter(typeof(MomentConverter))] public record Visit(Clocks.Moment In, string Who); [Event] public record A(Visit V, Dictionary<string, Visit> More); " + MomentConverter,
            "new A(new(Clocks.Moment.FromTicks(5), \"x\"), new() { [\"k\"] = new(Clocks.Moment.FromTicks(9), \"y\") })"),
        ("member converter", "[Event] public record A([property: JsonConverter(typeof(MomentConverter))] Clocks.Moment At); " + MomentConverter, "new A(Clocks.Moment.FromTicks(5))"),
        ("open generic union converter", "[assembly: EventConverter(typeof(OneOfConverter<,>))] public record Card(string Number); public record Cash(decimal Given); [Event] public record A(Clocks.OneOf<Card, Cash> Paid); " + UnionConverter,
            "new A(Clocks.OneOf<Card, Cash>.Of0(new(\"4711\"))), new A(Clocks.OneOf<Card, Cash>.Of1(new(5m)))"),
        ("computed foreign member", "[Event] public record A(int X) { public Clocks.Calendar Calendar => Clocks.Calendar.Iso; }", "new A(5)"),
        ("ignored foreign member", "[Event] public record A(int X) { [JsonIgnore] public Clocks.Moment At { get; init; } }", "new A(5) { At = Clocks.Moment.FromTicks(3) }"),
    ];

    public static IEnumerable<(string Name, string Source, string Id, string Text)> Refused =>
    [
        ("struct that is {}", "[Event] public record A(Clocks.Moment At);", "ESEF2012", "'Moment' comes from Clocks"),
        ("nullable struct that is {}", "[Event] public record A(Clocks.Moment? At);", "ESEF2012", "'Moment' comes from Clocks"),
        ("struct in a list", "[Event] public record A(List<Clocks.Moment[]> At);", "ESEF2012", "'Moment' comes from Clocks"),
        ("date with a calendar", "[Event] public record A(Clocks.CivilDate CheckIn);", "ESEF2012", "CheckIn → CivilDate"),
        ("date in a span of the library", "[Event] public record A(Clocks.Span Stay);", "ESEF2012", "Stay → Span → From"),
        ("date in a record of ours", "public record Stay(Clocks.CivilDate From, int Nights); [Event] public record A(Stay S);", "ESEF2012", "S → Stay → From → CivilDate"),
        ("class without a constructor", "[Event] public record A(Clocks.Zone Zone);", "ESEF2012", "'Zone' comes from Clocks"),
        ("one type in many members", "[Event] public record A(Clocks.Moment X, Clocks.Moment Y, Clocks.Moment? Z); [Event] public record B(Clocks.Moment At);", "ESEF2012", "'Moment'"),
        ("private setter in a library", "[Event] public record A(Clocks.Stamped S);", "ESEF2012", "'Stamped'"),
        ("base class with a private setter", "[Event] public class A : Clocks.Stamped { public int X { get; init; } }", "ESEF2011", "its base 'Stamped' has 'At'"),
        ("hidden private field", "[Event] public record A(Clocks.Counter C);", "ESEF2012", "'Counter'"),
        ("union without converter", "[Event] public record A(Clocks.OneOf<int, string> X);", "ESEF2012", "OneOf"),
        ("base class gets a new id", "[Event] public sealed class A(int x) : Clocks.Message(Guid.NewGuid()) { public int X { get; } = x; }", "ESEF2011", "its base 'Message' has 'Id'"),
        ("converter of another type", "[Event] public record A([property: JsonConverter(typeof(MomentConverter))] Clocks.Zone At); " + MomentConverter, "ESEF2002", "converts 'Moment', not 'Zone'"),
    ];
}
