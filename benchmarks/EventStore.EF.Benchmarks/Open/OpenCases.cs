namespace EventStore.EF.Benchmarks;

/// <summary>Appends that arrive whether or not earlier ones are done.</summary>
internal static class OpenCases
{
    public static IReadOnlyList<BenchmarkCase> All { get; } = [.. OpenProfile.All.SelectMany(Of)];

    private static IEnumerable<BenchmarkCase> Of(OpenProfile profile)
    {
        foreach (var percent in new[] { 10, 30, 60, 90 })
        {
            // Where raw appends have room, gathering them gains little; where they have none, it is the point.
            var p99 = Reach.RatioAtMost(percent <= 30 ? 1.15 : 1);
            yield return new OpenCase($"{profile.Name}, arrivals at {percent} %", profile, percent / 100d, p99);
        }

        yield return new OverloadCase($"{profile.Name}, arrivals at 200 %", profile, 2, Reach.RatioAtMost(4));
        yield return new OverloadCase($"{profile.Name}, arrivals at 400 %", profile, 4, P99: null);
    }
}
