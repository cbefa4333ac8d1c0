using System.Globalization;

namespace EventStore.EF.Benchmarks;

/// <summary>What a program pays that ships a store in a SQLite file.</summary>
internal static class EmbeddedCases
{
    public static IEnumerable<BenchmarkCase> UpTo(long maxEvents)
    {
        var events = (int)Math.Min(maxEvents, 1_000_000);
        yield return new IdleCase("idle, one subscriber", Stores: 1, CpuPercent: Reach.AtMost(0.3), WakeUps: Reach.AtMost(10), BytesADay: Reach.AtMost(80));
        yield return new IdleCase("idle, 200 stores with a subscriber each", Stores: 200, CpuPercent: Reach.AtMost(10), WakeUps: null, BytesADay: null);
        yield return new SaveChangesCase("SaveChanges beside 4 callers that append", Reach.AtMost(50), Reach.AtMost(250));
        yield return new LogCase("write-ahead log beside small appends and lagging readers", Reach.AtMost(2));
        yield return new LargeFileCase(string.Create(CultureInfo.InvariantCulture, $"file of {events:N0} events"), events);
    }
}
