namespace EventStore.EF.Benchmarks;

/// <summary>What is read by how many readers, and what that is meant to reach beside the floor.</summary>
internal static class ReadCases
{
    public static IReadOnlyList<BenchmarkCase> All { get; } =
    [
        new ReadStreamCase("stream of 100 events, typed, 1 reader", 1, Reach.RatioAtLeast(0.8)),
        new ReadStreamCase("stream of 100 events, typed, 10 readers", 10, Reach.RatioAtLeast(0.8)),
        new ReadAllCase("all 100,000 events, raw, pages of 1,000", Reach.RatioAtLeast(0.85)),
    ];
}
