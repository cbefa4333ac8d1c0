using System.Globalization;

namespace EventStore.EF.Benchmarks;

/// <summary>What large numbers do.</summary>
internal static class ScaleCases
{
    private static readonly long[] Sizes = [10_000, 100_000, 1_000_000, 10_000_000];

    public static IEnumerable<BenchmarkCase> UpTo(long maxEvents)
    {
        var largeAppend = (int)Math.Min(maxEvents, 100_000);
        var longStream = Math.Min(maxEvents, 1_000_000);
        yield return new LargeAppendCase($"one append of {Text(largeAppend)} events", largeAppend);
        yield return new LongStreamCase($"stream of {Text(longStream)} events, forward", longStream, ReadDirection.Forward);
        yield return new LongStreamCase($"stream of {Text(longStream)} events, backward", longStream, ReadDirection.Backward);
        yield return new CopiedStoreCase($"{Text(longStream)} events copied in, a subscriber of one type in ten", longStream);
        foreach (var size in Sizes.Where(size => size <= maxEvents))
            yield return new GrowingStoreCase($"1 event, 10 callers, {Text(size)} events in the store", size);
    }

    private static string Text(long number) => number.ToString("N0", CultureInfo.InvariantCulture);
}
