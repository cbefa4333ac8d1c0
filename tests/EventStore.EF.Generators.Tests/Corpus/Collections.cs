using System.Collections.Immutable;
using System.Text.Json;

namespace EventStore.EF.Generators.Tests.Corpus;

[Event]
public sealed record Arrays(int[] Numbers, string?[] Texts, Line[] Lines, int[][] Jagged, byte[][] Blobs, int?[] Optional, Weekday[] Days);

[Event]
public sealed record Lists(
    List<int> List, IList<string> IList, ICollection<decimal> Collection, IEnumerable<Guid> Enumerable,
    IReadOnlyList<Line> ReadOnlyList, IReadOnlyCollection<Point> ReadOnlyCollection, List<List<int?>> Nested);

[Event]
public sealed record Sets(HashSet<string> HashSet, ISet<int> Set, SortedSet<int> Sorted);

[Event]
public sealed record Immutables(
    ImmutableArray<int> Array, ImmutableList<Line> List, ImmutableHashSet<int> Set, ImmutableDictionary<string, int> Map, ImmutableArray<int>? Maybe);

[Event]
public sealed record Maps(
    Dictionary<string, int> ByText, Dictionary<Guid, Line> ById, Dictionary<int, string?> ByNumber, Dictionary<Weekday, decimal> ByDay,
    IDictionary<string, Point> IMap, IReadOnlyDictionary<long, List<int>> ReadOnly, SortedDictionary<string, int?> Sorted,
    Dictionary<string, Dictionary<string, bool>> Nested);

[Event]
public sealed record RawJson(JsonElement Element, JsonElement? Maybe);
