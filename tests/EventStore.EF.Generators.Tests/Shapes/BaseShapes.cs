namespace EventStore.EF.Generators.Tests.Shapes;

/// <summary>Base classes with id and time, private setters, fields, hidden members.</summary>
internal static class BaseShapes
{
    private const string At = "new DateTimeOffset(2024, 2, 29, 23, 59, 58, TimeSpan.FromHours(-5))";
    private const string Id = "new Guid(\"0b9c3cf6-8e3c-4f1e-9a55-3b7d7f0f6a11\")";

    public static IEnumerable<(string Name, string Source, string Values)> Stored =>
    [
        ("abstract record with id and time", $"public abstract record Happened(Guid EventId, DateTimeOffset At); [Event] public sealed record A(Guid EventId, DateTimeOffset At, int X) : Happened(EventId, At);", $"new A({Id}, {At}, 3)"),
        ("base class with init", "public abstract class Happened { public Guid EventId { get; init; } = Guid.NewGuid(); public DateTime At { get; init; } = DateTime.UtcNow; } [Event] public class A : Happened { public int X { get; init; } }", "new A { X = 4 }, new A()"),
        ("base class with constructor", "public abstract class Happened { protected Happened(Guid eventId) => EventId = eventId; public Guid EventId { get; } } [Event] public class A : Happened { public A(Guid eventId, int x) : base(eventId) => X = x; public int X { get; } }", $"new A({Id}, 3)"),
        ("private setter marked JsonInclude", "[Event] public class A { [JsonInclude] public int X { get; private set; } public static A Of(int x) => new() { X = x }; }", "A.Of(5)"),
        ("protected setter marked JsonInclude in the base", "public abstract class B { [JsonInclude] public Guid Id { get; protected set; } = Guid.NewGuid(); } [Event] public class A : B { public int X { get; init; } }", "new A { X = 1 }"),
        ("private setter bound to a parameter", "[Event] public class A { public A(int x, string y) { X = x; Y = y; } public int X { get; private set; } public string Y { get; private set; } }", "new A(3, \"y\")"),
        ("private init", "[Event] public class A { [JsonInclude] public int X { get; private init; } public A With(int x) => new() { X = x }; }", "new A().With(5)"),
        ("public field marked JsonInclude", "[Event] public class A { [JsonInclude] public int X; [JsonInclude] private string? _y; public A Fill() { _y = \"y\"; X = 3; return this; } public string? Y() => _y; }", "new A().Fill(), new A()"),
        ("ignored private state", "[Event] public class A { public int X { get; init; } [JsonIgnore] private bool _dirty; public A Mark() { _dirty = true; return this; } public bool IsDirty() => _dirty; }", "new A { X = 3 }.Mark()"),
        ("ignored base member", "public abstract class B { [JsonIgnore] public int Loaded { get; set; } } [Event] public class A : B { public int X { get; init; } }", "new A { X = 3, Loaded = 9 }"),
        ("constants", "[Event] public class A { public string Type { get; } = \"order\"; public int Version { get; } = 1; public bool Flag => true; public const int C = 3; public static int S; public int X { get; init; } }", "new A { X = 2 }"),
        ("constant in an abstract base", "public abstract class B { protected B(string name) => Name = name; public string Name { get; } } [Event] public class A : B { public A() : base(\"a\") { } public int X { get; init; } }", "new A { X = 3 }"),
        ("value computed by the constructor", "[Event] public class A(decimal price, int quantity) { public decimal Price { get; } = price; public int Quantity { get; } = quantity; public decimal Total { get; } = price * quantity; public string Text { get; } = $\"{quantity} x {price}\"; }", "new A(1.5m, 3)"),
        ("tuple assignment", "[Event] public class A { private readonly int _sum; public A(int x, int y) => (X, Y, _sum) = (x, y, x + y); public int X { get; } public int Y { get; } public int Sum() => _sum; }", "new A(1, 2)"),
        ("chained constructors", "[Event] public class A { [JsonConstructor] public A(int x) : this(x, x * 2) { } private A(int x, int twice) { X = x; _twice = twice; } private readonly int _twice; public int X { get; } public int Twice() => _twice; }", "new A(4)"),
        ("lazily cached hash", "[Event] public record A(int X, string Y) { private int? _cacheHash; public override int GetHashCode() => _cacheHash ??= X; }", "new A(1, \"x\")"),
        ("lazily cached text in a getter", "[Event] public record A(int X) { private string? _cacheText; [JsonIgnore] public string Text { get { if (_cacheText == null) { _cacheText = X.ToString(); } return _cacheText; } } }", "new A(1)"),
        ("cached with a flag", "[Event] public class A(int x) { private bool _cacheDone; private int _cache; public int X { get; } = x; public int Double() { if (!_cacheDone) { _cache = X * 2; _cacheDone = true; } return _cache; } }", "new A(3)"),
        ("Lazy", "[Event] public class A { private readonly Lazy<int> _twice; public A(int x) { X = x; _twice = new Lazy<int>(() => x * 2); } public int X { get; } public int Twice() => _twice.Value; }", "new A(3)"),
        ("a lock", "[Event] public class A { private readonly object _gate = new(); public int X { get; init; } public void M() { lock (_gate) { } } }", "new A { X = 3 }"),
        ("full property", "[Event] public class A { private int _x = 3; public int X { get => _x; set => _x = value; } private string _y = \"\"; public string Y { get { return _y; } init { _y = value ?? throw new ArgumentNullException(); } } }", "new A { X = 5, Y = \"y\" }"),
        ("field keyword", "[Event] public class A { public string Y { get; set => field = value.Trim(); } = \"a\"; }", "new A { Y = \" b \" }"),
        ("overridden members", "public abstract class B { public abstract int X { get; init; } public virtual string Y { get; set; } = \"b\"; } [Event] public class A : B { public override int X { get; init; } public override string Y { get; set; } = \"a\"; }", "new A { X = 2, Y = \"z\" }"),
        ("events of .NET", "[Event] public class A { public int X { get; set; } public event EventHandler? Changed; public void Raise() => Changed?.Invoke(this, EventArgs.Empty); }", "new A { X = 1 }"),
        ("in parameter", "[Event] public class A(in int x) { public int X { get; } = x; }", "new A(3)"),
        ("required and init", "[Event] public class A { public required Guid Id { get; init; } public required string Name { get; set; } public int? Age { get; init; } }", $"new A {{ Id = {Id}, Name = \"x\" }}"),
        ("generic base", "public abstract class Changed<T> { public T Old { get; init; } = default!; public T New { get; init; } = default!; } [Event] public class A : Changed<decimal>; [Event] public class B : Changed<string?>;", "new A { Old = 1, New = 2 }, new B { Old = null, New = \"x\" }"),
        ("interface with default member", "public interface IEvent { string Kind => GetType().Name; Guid Id { get; } } [Event] public record A(Guid Id) : IEvent;", $"new A({Id})"),
        ("partial type", "[Event] public partial record A(int X); public partial record A { public string? Y { get; init; } }", "new A(3) { Y = \"y\" }"),
        ("normalized by the constructor", "[Event] public class A { public A(string name, int hour, string? note) { Name = name.Trim(); Hour = hour % 24; Note = note ?? \"none\"; } public string Name { get; } public int Hour { get; } public string Note { get; } }", "new A(\" a \", 27, null), new A(\"a\", 3, \"x\")"),
        ("populated from nothing", "[Event] public class A { [JsonObjectCreationHandling(JsonObjectCreationHandling.Populate)] public Dictionary<string, int> X { get; } = new(StringComparer.Ordinal); [JsonObjectCreationHandling(JsonObjectCreationHandling.Populate)] public List<int> Y { get; } = new(16); [JsonObjectCreationHandling(JsonObjectCreationHandling.Populate)] public HashSet<int> Z { get; } = []; }", "new A { X = { { \"a\", 1 } }, Y = { 1, 2 }, Z = { 3 } }"),
        ("own serializer", "[Event(HasOwnSerializer = true)] public class B { private int _x; public int Next() => ++_x; } [Event] public record A(int X);", "new A(3)"),
    ];

    public static IEnumerable<(string Name, string Source, string Id, string Text)> Refused =>
    [
        ("private setter", "[Event] public class A { public Guid Id { get; private set; } }", "ESEF2011", "'A.Id' would be lost"),
        ("internal setter", "[Event] public class A { public Guid Id { get; internal set; } }", "ESEF2011", "its setter isn't public"),
        ("protected setter in the base", "public abstract class B { public Guid Id { get; protected set; } } [Event] public class A : B;", "ESEF2011", "'B.Id' would be lost"),
        ("private getter", "[Event] public class A { public Guid Id { private get; set; } }", "ESEF2011", "its getter isn't public"),
        ("new id at each read", "public abstract class B { public Guid Id { get; } = Guid.NewGuid(); } [Event] public class A : B { public int X { get; init; } }", "ESEF2011", "nothing sets it"),
        ("new time at each read", "[Event] public record A(int X) { public DateTime At { get; } = DateTime.UtcNow; }", "ESEF2011", "'A.At'"),
        ("new id in a text", "[Event] public record A(int X) { public string Key { get; } = $\"k-{Guid.NewGuid()}\"; }", "ESEF2011", "'A.Key'"),
        ("new id in the constructor", "[Event] public class A { public A(int x) { X = x; Id = Guid.NewGuid(); } public int X { get; } public Guid Id { get; } }", "ESEF2011", "'A.Id'"),
        ("new id passed to the base", "public abstract class B { protected B(Guid key) => Key = key; public Guid Key { get; } } [Event] public class A(int x) : B(Guid.NewGuid()) { public int X { get; } = x; }", "ESEF2011", "'B.Key'"),
        ("sequence", "public static class Ids { private static int _last; public static int Next() => ++_last; } [Event] public record A(int X) { public int Number { get; } = Ids.Next(); }", "ESEF2011", "'A.Number'"),
        ("time by an own clock", "public static class Clock { public static DateTime Now => DateTime.UtcNow; } [Event] public record A(int X) { public DateTime At { get; } = Clock.Now; }", "ESEF2011", "'A.At'"),
        ("lazy random", "[Event] public record A(int X) { private readonly Lazy<Guid> _id = new(() => Guid.NewGuid()); public Guid Id() => _id.Value; }", "ESEF2011", "_id"),
        ("readonly public field", "[Event] public class C { public readonly int Count; public C() => Count = 3; public C(int x) : this() => Count = x; }", "ESEF2011", "'C.Count'"),
        ("public field", "[Event] public class C { public int Count; }", "ESEF2011", "mark it [JsonInclude]"),
        ("private field", "[Event] public class A { private int _count; public void Add() => _count++; public int X { get; init; } }", "ESEF2011", "'A._count'"),
        ("private list shown read-only", "[Event] public class A { private readonly List<int> _items = []; public IReadOnlyList<int> Items => _items; public void Add(int i) => _items.Add(i); }", "ESEF2011", "_items"),
        ("get-only list", "[Event] public class A { public List<int> Items { get; } = []; }", "ESEF2011", "'A.Items'"),
        ("private property", "[Event] public class A { private int Secret { get; set; } public void Set(int x) => Secret = x; public int X { get; init; } }", "ESEF2011", "'A.Secret'"),
        ("explicit interface property", "public interface I { int Y { get; set; } } [Event] public class A : I { int I.Y { get; set; } public int X { get; init; } }", "ESEF2011", "explicitly implemented"),
        ("hidden base property", "public class B { public int X { get; set; } } [Event] public class A : B { public new string X { get; init; } = \"\"; }", "ESEF2011", "another member hides it"),
        ("state behind a method", "[Event] public class A { private bool _shipped; public bool IsShipped => _shipped; public A Ship() { if (!_shipped) _shipped = true; return this; } }", "ESEF2011", "_shipped"),
        ("write-only property", "[Event] public class A { private int _x; public int X { set => _x = value; } public int Get() => _x; }", "ESEF2011", "_x"),
        ("counter in a getter", "[Event] public class A { private int _n; [JsonIgnore] public int Next => _n++; public int X { get; init; } }", "ESEF2011", "_n"),
        ("counter behind a condition", "[Event] public class A { private int _n; public int Next() { if (_n < 10) _n = _n + 1; return _n; } public int X { get; init; } }", "ESEF2011", "_n"),
        ("constructor that does not run", "[Event] public class A { private readonly string _note; public A() => _note = \"\"; public A(string note) => _note = note; public int X { get; init; } public string Note() => _note; }", "ESEF2011", "_note"),
        ("left out by default, initialized otherwise", "[Event] public class A { [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)] public int X { get; init; } = 5; }", "ESEF2011", "leaves out its default"),
        ("left out by default, with another default", "[Event] public record A([property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? X = \"x\");", "ESEF2011", "leaves out its default"),
        ("changed by the initializer", "[Event] public record A(int X) { public int X { get; init; } = X * 2; }", "ESEF2011", "another value"),
        ("changed by the constructor", "[Event] public class A { public A(string x) => X = (\"no. \" + x); public string X { get; set; } }", "ESEF2011", "'A.X'"),
        ("changed into a text", "[Event] public record A(string X) { public string X { get; } = $\"no. {X}\"; }", "ESEF2011", "'A.X'"),
        ("turned around", "[Event] public class A(bool isOpen) { public bool IsOpen { get; } = !isOpen; }", "ESEF2011", "'A.IsOpen'"),
        ("changed on its way to the base", "public abstract record B(int X); [Event] public record A(int X) : B(X + 1);", "ESEF2011", "another value"),
        ("populated onto elements", "[Event] public class A { [JsonObjectCreationHandling(JsonObjectCreationHandling.Populate)] public List<int> X { get; } = [1]; }", "ESEF2011", "let it begin empty"),
        ("populated onto elements of the constructor", "[Event] public class A { public A() => X = new() { { \"a\", 1 } }; [JsonObjectCreationHandling(JsonObjectCreationHandling.Populate)] public Dictionary<string, int> X { get; set; } }", "ESEF2011", "let it begin empty"),
        ("populated onto copied elements", "[Event] [JsonObjectCreationHandling(JsonObjectCreationHandling.Populate)] public class A { private static readonly int[] First = [1]; public HashSet<int> X { get; } = new(First); }", "ESEF2011", "let it begin empty"),
        ("ref parameter", "[Event] public class A { public A(ref int x) => X = x; public int X { get; } }", "ESEF2003", "by reference"),
    ];
}
