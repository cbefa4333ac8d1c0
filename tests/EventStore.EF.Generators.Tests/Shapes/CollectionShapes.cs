namespace EventStore.EF.Generators.Tests.Shapes;

/// <summary>Collections of all kinds, and those that can be written but never read.</summary>
internal static class CollectionShapes
{
    private const string Frozen = """
        public sealed class Sealed<T> : ICollection<T>
        {
            private readonly List<T> _items = [];
            public int Count => _items.Count;
            public bool IsReadOnly => true;
            public void Add(T item) => throw new NotSupportedException();
            public void Clear() { }
            public bool Contains(T item) => false;
            public void CopyTo(T[] array, int arrayIndex) { }
            public bool Remove(T item) => false;
            public IEnumerator<T> GetEnumerator() => _items.GetEnumerator();
            IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
        }

        """;

    public static IEnumerable<(string Name, string Source, string Values)> Stored =>
    [
        ("lists and interfaces", "[Event] public record A(List<int> L, IList<string> I, IReadOnlyList<int?> R, IEnumerable<string> E, ICollection<int> C, int[][] J);", "new A([1], [\"a\"], [1, null], [\"x\"], [2], [[1], []])"),
        ("sets and maps", "[Event] public record A(HashSet<string> S, ISet<int> T, Dictionary<string, int[]> D, IReadOnlyDictionary<Guid, string> R, SortedDictionary<int, string> O);", "new A([\"b\", \"a\"], new HashSet<int> { 3 }, new() { [\"k\"] = [1] }, new Dictionary<Guid, string> { [Guid.Empty] = \"x\" }, new() { [2] = \"b\" })"),
        ("immutable", "[Event] public record A(ImmutableArray<int> X, ImmutableList<string> Y, ImmutableHashSet<int> Z, ImmutableDictionary<string, int> D, ImmutableQueue<int> Q);", "new A([1, 2], [\"a\"], [3], ImmutableDictionary<string, int>.Empty.Add(\"k\", 1), [4, 5])"),
        ("queue", "[Event] public record A(Queue<int> Q, LinkedList<string> L);", "new A(new([1, 2, 3]), new([\"a\", \"b\"]))"),
        ("own list", "public sealed class Lines : List<int>; public sealed class Tags : HashSet<string>; [Event] public record A(Lines L, Tags T);", "new A([1, 2], [\"x\"])"),
        ("own list with an ignored member", "public sealed class Lines : List<int> { [JsonIgnore] public string? Note { get; set; } } [Event] public record A(Lines L);", "new A([1, 2])"),
        ("observable", "[Event] public record A(ObservableCollection<int> L, Collection<string> C);", "new A([1, 2], [\"x\"])"),
        ("list of records with lists", "public record Line(string Sku, List<string> Notes); [Event] public record A(IReadOnlyCollection<Line> Lines);", "new A([new(\"a\", [\"n\"]), new(\"b\", [])])"),
    ];

    public static IEnumerable<(string Name, string Source, string Id, string Text)> Refused =>
    [
        ("derived from ReadOnlyCollection", "public class ReadonlyList<T> : ReadOnlyCollection<T> { public ReadonlyList() : base(new List<T>()) { } } [Event] public record A(ReadonlyList<int> X);", "ESEF2002", "it can't be filled"),
        ("derived from ReadOnlyDictionary", "public class Map : ReadOnlyDictionary<string, int> { public Map() : base(new Dictionary<string, int>()) { } } [Event] public record A(Map X);", "ESEF2002", "'Map' is read-only"),
        ("derived twice", "public class Base<T> : ReadOnlyCollection<T> { public Base() : base(new List<T>()) { } } public class Names : Base<string>; [Event] public record A(List<Names> X);", "ESEF2002", "'Names' is read-only"),
        ("ReadOnlyCollection", "[Event] public record A(ReadOnlyCollection<int> X);", "ESEF2002", "can't be read from JSON"),
        ("frozen", "[Event] public record A(System.Collections.Frozen.FrozenSet<int> X);", "ESEF2002", "can't be read from JSON"),
        ("own collection that is read-only", Frozen + "[Event] public record A(Sealed<int> X);", "ESEF2002", "refuses elements"),
        ("own collection whose Add throws", Frozen.Replace("IsReadOnly => true", "IsReadOnly => false", StringComparison.Ordinal) + "[Event] public record A(Sealed<int> X);", "ESEF2002", "refuses elements"),
        ("array segment", "[Event] public record A(ArraySegment<int> X);", "ESEF2002", "read-only"),
        ("stack", "[Event] public record A(Stack<int> X);", "ESEF2002", "reverse order"),
        ("immutable stack", "[Event] public record A(ImmutableStack<int> X);", "ESEF2002", "reverse order"),
        ("list with another member", "public sealed class Basket : List<int> { public string? Owner { get; set; } } [Event] public record A(Basket B);", "ESEF2002", "loses 'Owner'"),
        ("dictionary with a field", "public sealed class Index : Dictionary<string, int> { private int _hits; public int Hit() => ++_hits; } [Event] public record A(Index B);", "ESEF2002", "loses '_hits'"),
    ];
}
