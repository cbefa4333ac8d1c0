using System.Collections.Immutable;
using System.Text.Json;

namespace EventStore.EF.Generators.Tests.Corpus;

/// <summary>Objects of every event of the corpus: ordinary values and odd ones.</summary>
public static class Samples
{
    private static readonly Guid Id = new("0b9c3cf6-8e3c-4f1e-9a55-3b7d7f0f6a11");
    private static readonly DateTimeOffset At = new(2024, 2, 29, 23, 59, 58, 123, TimeSpan.FromHours(-5));
    private static readonly Line Line = new("sku<&>", 2, 19.90m);
    private static readonly Address Address = new("Straße 1 \"x\"", new City { Name = "K\u00f6ln \ud83d\ude00", Code = null });
    private static readonly JsonElement Json = JsonDocument.Parse("""{"a":[1,{"b":null}]}""").RootElement;

    public static IEnumerable<object> All =>
    [
        new OrderPlaced(Id, "Ada", 12.50m),
        new OrderPlaced(Guid.Empty, null!, decimal.MinValue),
        new Numbers(1, -1, -2, 2, -3, 3, -4, 4, 0.1f, 1e300, 79228162514264337593543950335m, (Half)1.5, Int128.MaxValue, UInt128.MaxValue),
        new Numbers(255, sbyte.MinValue, short.MinValue, ushort.MaxValue, int.MinValue, uint.MaxValue, long.MinValue, ulong.MaxValue, float.Epsilon, -0.0, 1.000m, Half.MinValue, Int128.MinValue, 0),
        new Texts(true, 'ß', "a\"b\\c\n<>&+\u2028 \ud83d\ude00", Id, new Uri("https://example.org/ä?q=1"), new Version(1, 2, 3, 4), [0, 1, 255]),
        new Texts(false, '\0', null!, default, null!, null!, null!),
        new Texts(false, '"', "\ud800 lone", default, new Uri("relative/x", UriKind.Relative), new Version(1, 2), []),
        new Times(new DateTime(2024, 2, 29, 1, 2, 3, DateTimeKind.Utc), At, new DateOnly(2024, 2, 29), new TimeOnly(23, 59, 59, 999), TimeSpan.FromDays(400.5)),
        new Times(new DateTime(1, DateTimeKind.Unspecified), default, DateOnly.MinValue, TimeOnly.MaxValue, TimeSpan.MinValue),
        new NullableValues(null, null, null, null, null, null, null, null, null, null),
        new NullableValues(1, 2.0m, Id, DateTime.UnixEpoch, new DateOnly(2024, 1, 1), TimeSpan.Zero, false, 'x', Weekday.Sunday, new Point(1, 2)),
        new NullableReferences(null, null, null, null, null),
        new NullableReferences("t", new Uri("https://example.org"), [1], Address, ["a", null]),
        new Enums(Weekday.Sunday, Tiny.Max, SignedTiny.Min, Small.Max, SignedSmall.Min, Wide.Min, Huge.Max, UnsignedInt.Max),
        new Enums((Weekday)99, (Tiny)7, 0, 0, 0, 0, 0, 0),
        new Internal(3, new InternalDetail("d")),
        new InitOnly(),
        new InitOnly { Number = 0, Text = "", List = [], Day = Weekday.Monday, Optional = null },
        new Positional(1, "b") { C = 9 },
        new Required { Name = "n", Count = 2, Note = "x" },
        new RequiredInParameters(1) { B = "b" },
        new SetsRequired(),
        new RefusesNull { Name = "n" },
        Filled(),
        new PrimaryConstructor("Ada", 36),
        new ManyParameters(1, 2, 3, 4, 5, "f"),
        new Defaults(Nan: 1),
        new Defaults(1, "x", 2, 3, 4, 'y', false, Weekday.Monday, SignedTiny.None, null, "z", Id, 5, 6, null, 7, 8),
        new MutableStruct(1, "y") { Z = 3 },
        new ReadonlyStruct(1, null) { Z = 3 },
        new PlainStruct { A = 1, B = "b" },
        new StructWithConstructor(1, new Point(2, 3)),
        new @class { @event = 1, @string = "s" },
        new Outer.Nested(new Outer.Inner(1), new Outer.Inner.Deepest("d")),
        new CustomerMoved(Id, At, Address) { Source = "s" },
        new Derived { Must = "m", Shadowed = "x", Overridden = 5, Renamed = 6, OnlyBase = 7 },
        new IgnoresBase { Must = "m", Shadowed = 5, Overridden = 6 },
        new OfGenericBase { Id = Id, Label = "l" }.With(4),
        new OrderShipped(Id, Address, [Line, null!, Line], new Point(1, 2)),
        new OrderShipped(Id, null!, null!, default),
        new TreePlanted(new Tree { Name = "root", Children = [new Tree { Name = "leaf", Parent = new Tree() }] }),
        new SelfContaining(1, new SelfContaining(2, null)),
        new Generics(new(1, "n"), new(Line, "l"), new(new("t", "i"), "o"), new() { Item = "i", Other = "o" }, new() { Item = new Point(1, 2) }, new(Weekday.Sunday) { Weight = 5 }),
        new Empty(),
        new ContainsEvents(new OrderPlaced(Id, "x", 1), [new Positional(1, "b")]),
        new Arrays([1, 2], ["a", null], [Line], [[1], [], null!], [[1, 2], []], [1, null], [Weekday.Sunday]),
        new Arrays(null!, [], null!, null!, null!, null!, null!),
        new Lists([1], ["a"], [1.0m], [Id], [Line], [new Point(1, 2)], [[1, null], []]),
        new Lists(null!, null!, null!, null!, null!, null!, null!),
        new Sets(["a", "b"], new HashSet<int> { 3 }, [3, 1, 2]),
        new Immutables([1, 2], [Line], [1], ImmutableDictionary<string, int>.Empty.Add("k", 1), [4]),
        new Immutables([], null!, null!, null!, null),
        new Maps(
            new() { ["Key \"ä\""] = 1 }, new() { [Id] = Line }, new() { [-5] = null }, new() { [Weekday.Sunday] = 1.5m, [(Weekday)77] = 2 },
            new Dictionary<string, Point> { ["p"] = new(1, 2) }, new Dictionary<long, List<int>> { [long.MinValue] = [1] }, new() { ["b"] = null, ["A"] = 1 },
            new() { ["x"] = new() { ["y"] = true } }),
        new Maps(null!, [], null!, null!, null!, null!, null!, null!),
        new RawJson(Json, null),
        new RawJson(Json, Json),
        new Renamed("n", 2) { First = 1, Last = 3, Middle = 4 },
        new Ignored(),
        new Ignored { Always = 9, InitOnly = 9, Never = "n", WhenNull = "w", NumberWhenNull = 1, WhenDefault = 2, PointWhenDefault = new(1, 0), ListWhenDefault = [], NotWritten = "x", NotRead = "y" },
        new IgnoredParameter(1, 2, "3"),
        new Included().Fill(5, "x"),
        IncludedInStruct.Of(5),
        MarkedConstructor.Of("n"),
        new ConvertedTypes(new(1.5m), new(-2m), Mood.Sad, null, [new(3)], new() { [Mood.Sad] = 1 }),
        new ConvertedTypes(default, null, Mood.Fine, Mood.Fine, [], []),
        new ConvertedMembers("name", null, Color.Green, Color.Red, new(1)),
        new ConvertedMembers(null!, "x", (Color)9, null, null) { Kept = "z" },
        new NamedEnums(Mood.Sad, Mood.Fine, Color.Green, Color.Red, SignedTiny.Min, [Mood.Fine, Mood.Sad], BigNamed.Most, new() { ["x"] = BigNamed.Nothing, ["y"] = null }) { Later = Mood.Sad },
        new NamedEnums(default, null, default, null, default, null!, default, []),
        new UnnamedEnums(Marks.Bold | Marks.Italic, OddlyNamed.Small, OddlyNamed.small, (Mood)77, (BigNamed)5),
        new UnnamedEnums((Marks)64, OddlyNamed.Same, (OddlyNamed)9, (Mood)(-1), 0),
        new Traced(),
        new ContainsConverted(new("a", "b", Color.Red, null, null), []),
    ];

    private static GetSet Filled()
    {
        var filled = new GetSet { Number = 3, Text = "t", Field = 8, ReadOnlyList = { 1, 2 } };
        filled.Remember(11);
        return filled;
    }
}
