using System.Diagnostics;

namespace EventStore.EF.Benchmarks;

/// <summary>Callers that repeat one operation, each as soon as its last one is done.</summary>
/// <param name="Callers">How many call at once.</param>
/// <param name="Operation">What they do; the argument is the caller's number, from 0.</param>
/// <param name="Units">How many units of work one operation is: a pass over 100,000 events may count as so many.</param>
internal sealed record Workload(int Callers, Func<int, Task> Operation, int Units = 1)
{
    /// <summary>Begins what accompanies each round, such as listening.</summary>
    public Func<IDisposable>? Accompany { get; init; }

    public async Task<Round> RunAsync(TimeSpan duration, ServerProcesses? server)
    {
        using var company = Accompany?.Invoke();
        GC.Collect();
        var before = Consumption.Now(server);
        var clock = Stopwatch.StartNew();
        var times = await Task.WhenAll(Enumerable.Range(0, Callers).Select(caller => Task.Run(() => CallAsync(caller, clock, duration))));
        var elapsed = clock.Elapsed;
        var used = Consumption.Now(server) - before;

        var sorted = times.SelectMany(caller => caller).Order().ToArray();
        var units = (double)sorted.Length * Units;
        return new(
            units / elapsed.TotalSeconds,
            Statistics.Percentile(sorted, 0.50).TotalMilliseconds,
            Statistics.Percentile(sorted, 0.99).TotalMilliseconds,
            used.Client?.TotalMicroseconds / units,
            used.Server?.TotalMicroseconds / units,
            used.Allocated / units,
            Others(used, elapsed));
    }

    /// <summary>The kernel counts the machine's time in ticks and a process's exactly, so a quiet machine may seem to do less than nothing.</summary>
    private static double? Others(Consumption used, TimeSpan elapsed)
        => used.Machine - used.Client - (used.Server ?? TimeSpan.Zero) is { } others ? Math.Max(0, others / (elapsed * Environment.ProcessorCount) * 100) : null;

    private async Task<List<TimeSpan>> CallAsync(int caller, Stopwatch clock, TimeSpan duration)
    {
        var times = new List<TimeSpan>();
        do
        {
            var start = clock.Elapsed;
            await Operation(caller);
            times.Add(clock.Elapsed - start);
        }
        while (clock.Elapsed < duration);
        return times;
    }
}
