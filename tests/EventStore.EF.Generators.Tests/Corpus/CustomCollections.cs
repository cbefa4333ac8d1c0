using System.Collections;
using System.Collections.Concurrent;
using System.Collections.Immutable;
using System.Collections.ObjectModel;

namespace EventStore.EF.Generators.Tests.Corpus;

public sealed class Lines : List<Line>;

public sealed class Labels : Dictionary<string, string>
{
    [System.Text.Json.Serialization.JsonIgnore]
    public int Ignored { get; set; } = 3;
}

public sealed class Tags : Collection<string>;

public class Stock : IDictionary<string, int>
{
    private readonly SortedDictionary<string, int> _items = new(StringComparer.Ordinal);

    public ICollection<string> Keys => _items.Keys;

    public ICollection<int> Values => _items.Values;

    public int Count => _items.Count;

    public bool IsReadOnly => false;

    public int this[string key]
    {
        get => _items[key];
        set => _items[key] = value;
    }

    public void Add(string key, int value) => _items.Add(key, value);

    public void Add(KeyValuePair<string, int> item) => _items.Add(item.Key, item.Value);

    public void Clear() => _items.Clear();

    public bool Contains(KeyValuePair<string, int> item) => _items.Contains(item);

    public bool ContainsKey(string key) => _items.ContainsKey(key);

    public void CopyTo(KeyValuePair<string, int>[] array, int arrayIndex) => throw new NotSupportedException();

    public bool Remove(string key) => _items.Remove(key);

    public bool Remove(KeyValuePair<string, int> item) => _items.Remove(item.Key);

    public bool TryGetValue(string key, out int value) => _items.TryGetValue(key, out value);

    IEnumerator<KeyValuePair<string, int>> IEnumerable<KeyValuePair<string, int>>.GetEnumerator() => _items.GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => _items.GetEnumerator();

    /// <summary>What <c>foreach</c> would take, were it not for the interface.</summary>
    public IEnumerator<string> GetEnumerator() => throw new InvalidOperationException("not this one");
}

public class Bag<T> : ICollection<T>
{
    private readonly List<T> _items = [];

    public int Count => _items.Count;

    public bool IsReadOnly => false;

    public void Add(T item) => _items.Add(item);

    public void Clear() => _items.Clear();

    public bool Contains(T item) => _items.Contains(item);

    public void CopyTo(T[] array, int arrayIndex) => _items.CopyTo(array, arrayIndex);

    public bool Remove(T item) => _items.Remove(item);

    public IEnumerator<T> GetEnumerator() => _items.GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
}

public struct SmallBag : ICollection<int>
{
    private int _sum;
    private int _count;

    public readonly int Count => _count;

    public readonly bool IsReadOnly => false;

    public void Add(int item)
    {
        _sum += item;
        _count++;
    }

    public void Clear() => (_sum, _count) = (0, 0);

    public readonly bool Contains(int item) => false;

    public readonly void CopyTo(int[] array, int arrayIndex)
    {
    }

    public readonly bool Remove(int item) => false;

    public readonly IEnumerator<int> GetEnumerator() => Enumerable.Range(_sum, _count).GetEnumerator();

    readonly IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
}

[Event]
public sealed record DerivedLists(Lines Lines, Tags? Tags, ObservableCollection<int> Observable);

[Event]
public sealed record DerivedMaps(Labels Labels, Stock Stock, ConcurrentDictionary<string, int> Concurrent, SortedList<int, string> Sorted);

[Event]
public sealed record OwnCollections(Bag<string> Texts, Bag<Line>? Lines, SmallBag Small);

[Event]
public sealed record Queues(Queue<string> Queue, ConcurrentQueue<Line> ConcurrentQueue);

[Event]
public sealed record Linked(LinkedList<int> List, SortedSet<string> Set);

[Event]
public sealed record ImmutableInterfaces(
    IImmutableList<int> List, IImmutableSet<string> Set, IImmutableQueue<int> Queue, IImmutableDictionary<string, Line> Map);

[Event]
public sealed record ImmutableSorted(ImmutableSortedSet<int> Set, ImmutableSortedDictionary<string, int> Map, ImmutableQueue<int> Queue);

[Event]
public sealed record OddKeys(
    Dictionary<bool, int> Bool, Dictionary<char, int> Char, Dictionary<decimal, int> Decimal, Dictionary<double, int> Double,
    Dictionary<DateTime, int> DateTime, Dictionary<DateOnly, int> Date, Dictionary<TimeSpan, int> Span);

[Event]
public sealed record WholeKeys(
    Dictionary<byte, int> Byte, Dictionary<short, int> Short, Dictionary<ulong, int> ULong, IReadOnlyDictionary<uint, string> UInt, SortedDictionary<Guid, int> Id);

[Event]
public sealed record ConvertedKeys(Dictionary<Mood, Mood> Moods, Dictionary<Weekday, List<Weekday>> Days);

[Event]
public sealed record DeepCollections(List<Dictionary<string, List<int[]>>> A, Dictionary<string, Dictionary<int, Line[]>> B, int[][][] C);

[Event]
public sealed record ByteCollections(List<byte> A, byte[] B, IEnumerable<byte> C, ImmutableArray<byte> D, sbyte[] E);

[Event]
public sealed class SettableCollections
{
    public List<int> A { get; set; } = [1];

    public int[] B { get; init; } = [2];

    public required Dictionary<string, int> C { get; set; }

    public IReadOnlyList<string>? D { get; init; }

    [System.Text.Json.Serialization.JsonIgnore]
    public List<int> GetOnly { get; } = [3];
}
