namespace EventStore.EF.Benchmarks;

/// <summary>Names of streams to choose from at random.</summary>
internal sealed class StreamNames
{
    private readonly string[] _names;

    private StreamNames(IEnumerable<string> names) => _names = [.. names];

    /// <summary>So many streams, numbered from 1.</summary>
    public static StreamNames First(int count) => new(Enumerable.Range(1, count).Select(number => Of(number)));

    /// <summary>So many streams, evenly spread over the first <paramref name="total"/>.</summary>
    public static StreamNames Spread(int count, long total) => new(Enumerable.Range(0, count).Select(index => Of(1 + (index * total / count))));

    public static string Of(long number) => $"order-{number}";

    public string Next() => _names.Length == 1 ? _names[0] : _names[Random.Shared.Next(_names.Length)];
}
