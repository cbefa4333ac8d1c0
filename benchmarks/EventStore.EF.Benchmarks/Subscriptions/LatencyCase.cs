using System.Diagnostics;
using Microsoft.Extensions.DependencyInjection;

namespace EventStore.EF.Benchmarks;

/// <summary>
/// The time from an append's return to the start of the handler, at 100 appends a second. A handler that starts before the appender has
/// gone on counts as 0.
/// </summary>
/// <param name="Name">For people.</param>
/// <param name="IsApart">
/// Whether the handler is in an application of its own, with its own connections, which hears of appends through the database alone.
/// </param>
/// <param name="P50">What the median is meant to reach, in milliseconds.</param>
/// <param name="P99">What the 99th percentile is meant to reach, in milliseconds.</param>
internal sealed record LatencyCase(string Name, bool IsApart, Reach P50, Reach? P99) : BenchmarkCase(Name)
{
    private const int PerSecond = 100;

    public override async Task<Outcome> RunAsync(Laboratory laboratory)
    {
        var site = await laboratory.PostgreSqlAsync("latency");
        var connectionString = site.Connect(poolSize: 10);
        var log = new LatencyLog();
        await using var handling = await SubscribedHost.StartAsync(
            store => store.UsePostgreSql(connectionString).AddSubscriber<LatencyHandler>($"latency-{IsApart}", options => options.Start = SubscriptionStart.Current),
            services => services.AddSingleton(log));
        await using var apart = new StoreHost(store => store.UsePostgreSql(connectionString));
        var store = IsApart ? apart.Store : handling.Store;
        await MeasureAsync(store, log, laboratory.Times(PerSecond));
        laboratory.Progress.Show($"{Name}: measuring");
        var milliseconds = await MeasureAsync(store, log, laboratory.Times(PerSecond) * laboratory.Rounds);
        return new(this, "ms", new("p50", Statistics.Percentile(milliseconds, 0.50), Reach: P50), [new("p99 ms", Statistics.Percentile(milliseconds, 0.99), Reach: P99), new("worst ms", milliseconds[^1])]);
    }

    private static async Task<List<double>> MeasureAsync(IEventStore store, LatencyLog log, int times)
    {
        using var timer = new PeriodicTimer(TimeSpan.FromSeconds(1.0 / PerSecond));
        var latencies = new List<double>(times);
        while (latencies.Count < times && await timer.WaitForNextTickAsync())
        {
            await store.AppendAsync("latency", ExpectedVersion.Any, OrderPlaced.Sample);
            var returned = Stopwatch.GetTimestamp();
            var started = await log.Starts.Reader.ReadAsync();
            latencies.Add(Math.Max(0, Stopwatch.GetElapsedTime(returned, started).TotalMilliseconds));
        }

        latencies.Sort();
        return latencies;
    }
}
