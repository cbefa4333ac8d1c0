namespace EventStore.EF.Benchmarks;

/// <summary>What is appended by how many callers, and what that is meant to reach beside the floor.</summary>
internal static class AppendCases
{
    private const string SlowDisk = "-c commit_delay=2000 -c commit_siblings=0";

    public static IReadOnlyList<BenchmarkCase> All { get; } =
    [
        new PostgreSqlAppendCase("1 event, 1 caller", 1) { Rate = Reach.RatioAtLeast(0.9), Latency = Reach.RatioAtMost(1.1) },
        new PostgreSqlAppendCase("1 event, 10 callers", 10) { Rate = Reach.RatioAtLeast(1.8) },
        new PostgreSqlAppendCase("1 event, 50 callers", 50) { Rate = Reach.RatioAtLeast(3), ServerCpu = Reach.RatioAtMost(0.6) },
        new PostgreSqlAppendCase("1 event, 10 callers, one hot stream", 10) { Streams = 1 },
        new PostgreSqlAppendCase("1 event, 50 callers, one hot stream", 50) { Streams = 1 },
        new PostgreSqlAppendCase("1 event, 200 callers, pools of 10", 200) { PoolSize = 10, Rate = Reach.RatioAtLeast(4) },
        new DiskCase("bytes on disk per event", Reach.AtMost(260)),
        new PostgreSqlAppendCase("100 events, 1 caller", 1) { Events = 100, Rate = Reach.RatioAtLeast(0.85) },
        new PostgreSqlAppendCase("100 events, 10 callers", 10) { Events = 100, Rate = Reach.RatioAtLeast(0.85) },
        new PostgreSqlAppendCase("1 event, 50 callers, slow disk", 50) { ServerOptions = SlowDisk, Rate = Reach.RatioAtLeast(5) },
        new SqliteAppendCase("1 event, 1 caller", 1),
        new SqliteAppendCase("1 event, 10 callers", 10),
        new SqliteAppendCase("1 event, 50 callers", 50) { Rate = Reach.RatioAtLeast(5) },
    ];
}
