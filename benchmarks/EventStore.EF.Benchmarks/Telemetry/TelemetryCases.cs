namespace EventStore.EF.Benchmarks;

/// <summary>What it costs to be observed. The floor is the same store that nobody observes.</summary>
internal static class TelemetryCases
{
    public static IReadOnlyList<BenchmarkCase> All { get; } =
    [
        new ObservedAppendCase("1 event, 1 caller", 1),
        new ObservedAppendCase("1 event, 50 callers", 50) { Rate = Reach.RatioAtLeast(0.97) },
        new ObservedAppendCase("1 event, 50 callers, metrics only", 50) { ListensToSpans = false, Rate = Reach.RatioAtLeast(0.97) },
        new ObservedAppendCase("1 event, 50 callers", 50, Provider.Sqlite) { Rate = Reach.RatioAtLeast(0.97) },
    ];
}
