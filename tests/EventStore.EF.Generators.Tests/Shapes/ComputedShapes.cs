namespace EventStore.EF.Generators.Tests.Shapes;

/// <summary>Members that are only written, whatever their types are.</summary>
internal static class ComputedShapes
{
    private const string Initiator = "public sealed class Initiator { private readonly string _secret; private Initiator(string name) { Name = name; _secret = name; } public static Initiator System { get; } = new(\"system\"); public string Name { get; } public string Secret() => _secret; } ";

    public static IEnumerable<(string Name, string Source, string Values)> Stored =>
    [
        ("computed number", "[Event] public record A(decimal Price, int Quantity) { public decimal Total => Price * Quantity; }", "new A(1.5m, 3)"),
        ("private constructor", "[Event] public record D(int X) { public Initiator By => Initiator.System; } " + Initiator, "new D(3)"),
        ("private constructor deeper", "public record Wrap(Initiator By); [Event] public record D(int X) { public Wrap W => new(Initiator.System); } " + Initiator, "new D(3)"),
        ("read in one place, written in another", "public record Line(string Sku); [Event] public record D(Line[] Lines) { public Line? First => Lines.FirstOrDefault(); public IEnumerable<Line> Sorted => Lines.OrderBy(l => l.Sku); }", "new D([new(\"b\"), new(\"a\")]), new D([])"),
        ("interface", "public interface INamed { string Name { get; } } public sealed class Person : INamed { public string Name => \"x\"; } [Event] public record D(int X) { public INamed By => new Person(); }", "new D(1)"),
        ("abstract class", "public abstract class Base { public abstract int N { get; } } public sealed class Impl : Base { public override int N => 3; } [Event] public record D(int X) { public Base B => new Impl(); }", "new D(1)"),
        ("read-only collection", "[Event] public record D(int X) { public ReadOnlyCollection<int> L => new([1, X]); public ReadOnlyDictionary<string, int> M => new(new Dictionary<string, int> { [\"a\"] = X }); }", "new D(1)"),
        ("lookup of itself", "public class Node { private Node() { } public static Node One { get; } = new(); public Node? Next => null; public List<Node> All => []; } [Event] public record D(int X) { public Node N => Node.One; }", "new D(1)"),
        ("struct with private state", "public readonly struct Token { private readonly int _v; public Token(int v) => _v = v; public string Text => $\"t{_v}\"; } [Event] public record D(int X) { public Token T => new(X); }", "new D(4)"),
        ("enum", "public enum Color { Red, Green } [Event] public record D(int X) { public Color C => Color.Green; public Color? N => null; }", "new D(4)"),
        ("itself", "[Event] public record D(int X) { public D? Parent => null; public Dictionary<string, D[]> Tree => []; public IReadOnlyList<Initiator> All => [Initiator.System]; } " + Initiator, "new D(4)"),
        ("inherited", "public abstract record Happened { public string EventType => GetType().Name; } [Event] public record D(int X) : Happened;", "new D(4)"),
    ];

    public static IEnumerable<(string Name, string Source, string Id, string Text)> Refused =>
    [
        ("private constructor that is read", "[Event] public record D(Initiator By); " + Initiator, "ESEF2003", "By → Initiator"),
        ("private constructor that is written and read", "public record Line(int N) { public Initiator By => Initiator.System; } [Event] public record D(Line L, Initiator By) { public Initiator First => By; } " + Initiator, "ESEF2003", "By → Initiator"),
        ("delegate that is written", "[Event] public record D(int X) { public Func<int> F => () => X; }", "ESEF2002", "a delegate"),
        ("type that is written", "[Event] public record D(int X) { public Type T => GetType(); }", "ESEF2002", "has no JSON form"),
    ];
}
