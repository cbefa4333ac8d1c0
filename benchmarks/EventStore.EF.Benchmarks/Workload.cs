using System.Diagnostics;

namespace EventStore.EF.Benchmarks;

/// <summary>Runs one operation from several callers at once for a while.</summary>
internal static class Workload
{
    /// <returns>Operations per second, and the median and 99th percentile of their times.</returns>
    public static async Task<Measurement> RunAsync(int callers, TimeSpan duration, Func<int, Task> operation)
    {
        var clock = Stopwatch.StartNew();
        var times = await Task.WhenAll(Enumerable.Range(0, callers).Select(caller => Task.Run(() => CallAsync(caller, clock, duration, operation))));
        var seconds = clock.Elapsed.TotalSeconds;
        var sorted = times.SelectMany(caller => caller).Order().ToArray();
        return new(sorted.Length / seconds, sorted[sorted.Length / 2].TotalMilliseconds, sorted[(int)(sorted.Length * 0.99)].TotalMilliseconds);
    }

    private static async Task<List<TimeSpan>> CallAsync(int caller, Stopwatch clock, TimeSpan duration, Func<int, Task> operation)
    {
        var times = new List<TimeSpan>();
        while (clock.Elapsed < duration)
        {
            var start = clock.Elapsed;
            await operation(caller);
            times.Add(clock.Elapsed - start);
        }

        return times;
    }
}

/// <summary>What a workload did.</summary>
internal readonly record struct Measurement(double PerSecond, double MedianMilliseconds, double P99Milliseconds);
