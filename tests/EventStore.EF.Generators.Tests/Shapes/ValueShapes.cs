namespace EventStore.EF.Generators.Tests.Shapes;

/// <summary>Value objects with factories, money, addresses, enumerations as classes.</summary>
internal static class ValueShapes
{
    private const string Enumeration = """
        public sealed class Status
        {
            private static readonly Dictionary<string, Status> All = new();
            private readonly int _order;
            private Status(string name, int order) { Name = name; _order = order; All.Add(name, this); }
            public static readonly Status Open = new("open", 0);
            public static readonly Status Closed = new("closed", 1);
            public string Name { get; }
            public static Status Of(string name) => All[name];
            public int Order() => _order;
        }

        """;

    public static IEnumerable<(string Name, string Source, string Values)> Stored =>
    [
        ("money with a factory", "public sealed class Money { [JsonConstructor] private Money(decimal amount, string currency) => (Amount, Currency) = (amount, currency); public decimal Amount { get; } public string Currency { get; } public static Money Eur(decimal a) => new(a, \"EUR\"); public Money Times(int n) => new(Amount * n, Currency); } [Event] public record A(Money Price, Money? Tax, List<Money> Parts);", "new A(Money.Eur(1.5m), null, [Money.Eur(2), Money.Eur(0)])"),
        ("address", "public record Address(string Street, string? Extra = null, string Country = \"DE\"); [Event] public record A(Address To, Address? From);", "new A(new(\"s\"), new(\"t\", \"x\", \"FR\"))"),
        ("range", "public readonly record struct Period(DateOnly From, DateOnly? To) { public bool Contains(DateOnly day) => day >= From && (To is null || day <= To); } [Event] public record A(Period P);", "new A(new(new DateOnly(2024, 2, 29), null)), new A(new(DateOnly.MinValue, DateOnly.MaxValue))"),
        ("enumeration class with a converter", "[assembly: EventConverter(typeof(StatusConverter))] [Event] public record A(Status Status, Status? Old); public sealed class StatusConverter : JsonConverter<Status> { public override Status Read(ref Utf8JsonReader r, Type t, JsonSerializerOptions o) => Status.Of(r.GetString()!); public override void Write(Utf8JsonWriter w, Status v, JsonSerializerOptions o) => w.WriteStringValue(v.Name); } " + Enumeration, "new A(Status.Open, null), new A(Status.Closed, Status.Open)"),
        ("value object base with equality", "public abstract class ValueObject { protected abstract IEnumerable<object?> Parts(); public override bool Equals(object? o) => o is ValueObject v && Parts().SequenceEqual(v.Parts()); public override int GetHashCode() => 0; } public sealed class Email(string value) : ValueObject { public string Value { get; } = value.Contains('@') ? value : throw new ArgumentException(\"no @\"); protected override IEnumerable<object?> Parts() => [Value]; } [Event] public record A(Email Mail);", "new A(new(\"a@b\"))"),
        ("nested records", "public record Point(double X, double Y); public record Shape(string Name, IReadOnlyList<Point> Points, Shape? Inner); [Event] public record A(Shape S);", "new A(new(\"a\", [new(1, -0.5)], new(\"b\", [], null)))"),
        ("mutable class", "public class Dto { public string? Name { get; set; } public int[]? Numbers { get; set; } public Dto? Next { get; set; } } [Event] public class A { public Dto? D { get; set; } }", "new A { D = new() { Name = \"n\", Numbers = [1], Next = new() } }, new A()"),
        ("mutable struct", "public struct Size { public int Width { get; set; } public int Height { get; set; } } [Event] public record A(Size S, Size? T);", "new A(new() { Width = 1 }, null)"),
        ("enum by name and by number", "public enum Color { Red = 1, Green } [Event] public record A(Color C, [property: JsonConverter(typeof(JsonStringEnumConverter<Color>))] Color D);", "new A(Color.Green, Color.Red), new A(0, (Color)9)"),
        ("all enums by name", "[assembly: EventConverter(typeof(JsonStringEnumConverter))] public enum Color { Red = 1, Green } [Event] public record A(Color C, Color? D, Dictionary<Color, int> E);", "new A(Color.Green, null, new() { [Color.Red] = 2 }), new A((Color)7, Color.Red, [])"),
        ("user's date format", "[assembly: EventConverter(typeof(DayConverter))] public sealed class DayConverter : JsonConverter<DateOnly> { public override DateOnly Read(ref Utf8JsonReader r, Type t, JsonSerializerOptions o) => DateOnly.FromDayNumber(r.GetInt32()); public override void Write(Utf8JsonWriter w, DateOnly v, JsonSerializerOptions o) => w.WriteNumberValue(v.DayNumber); } [Event] public record A(DateOnly D, DateOnly? E, DateOnly[] F);", "new A(new DateOnly(2024, 2, 29), null, [DateOnly.MaxValue])"),
        ("numbers", "[Event] public record A(byte A1, short B, uint C, long D, ulong E, float F, double G, decimal H, Half I, Int128 J, char K, bool L);", "new A(255, -1, 4, long.MinValue, ulong.MaxValue, 0.1f, 1e300, 1.50m, (Half)1.5, Int128.MinValue, 'ß', true)"),
        ("times and texts", "[Event] public record A(DateTime A1, DateTimeOffset B, TimeSpan C, TimeOnly D, Uri E, Version F, byte[] G, Memory<byte> H, string I);", "new A(DateTime.UnixEpoch, new DateTimeOffset(2024, 2, 29, 1, 2, 3, TimeSpan.FromHours(5)), TimeSpan.FromDays(400.5), new TimeOnly(1, 2), new Uri(\"https://x/ä\"), new Version(1, 2), [1, 2], new byte[] { 3 }, \"a\\\"b\\u2028\")"),
        ("JSON inside", "[Event] public record A(JsonElement E, JsonNode? N, JsonObject? O);", "new A(JsonDocument.Parse(\"{\\\"a\\\":[1]}\").RootElement, JsonNode.Parse(\"[1]\"), null)"),
        ("extension data of elements", "[Event] public record A(int X) { [JsonExtensionData] public Dictionary<string, JsonElement>? More { get; init; } }", "new A(1) { More = new() { [\"k\"] = JsonDocument.Parse(\"[1]\").RootElement } }, new A(2)"),
    ];

    public static IEnumerable<(string Name, string Source, string Id, string Text)> Refused =>
    [
        ("enumeration class", "[Event] public record A(Status Status); " + Enumeration, "ESEF2003", "Status → Status"),
        ("money with private fields", "public sealed class Money { private decimal _amount; public Money() { } public static Money Of(decimal a) => new() { _amount = a }; public override string ToString() => $\"{_amount}\"; } [Event] public record A(Money Price);", "ESEF2011", "Price → Money → _amount"),
        ("extension data as a JsonObject", "[Event] public record A(int X) { [JsonExtensionData] public JsonObject? More { get; init; } }", "ESEF2002", "use Dictionary<string, JsonElement>"),
        ("value tuple", "[Event] public record A((int X, int Y) P);", "ESEF2002", "tuple"),
        ("delegate", "public record Rule(Func<int, bool> Test); [Event] public record A(Rule R);", "ESEF2002", "R → Rule → Test"),
        ("type", "[Event] public record A(Type T);", "ESEF2002", "has no JSON form"),
    ];
}
