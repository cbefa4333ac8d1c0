using System.Diagnostics;
using HdrHistogram;

namespace EventStore.EF.Benchmarks;

/// <summary>What became of arrivals.</summary>
/// <param name="latencies">In ticks of <see cref="Stopwatch"/>.</param>
/// <param name="drained">From the last arrival until all were done.</param>
internal sealed class ArrivalTimes(LongConcurrentHistogram latencies, TimeSpan drained)
{
    /// <summary>From the last arrival until all were done.</summary>
    public TimeSpan Drained => drained;

    public double WorstMs => Ms(latencies.GetMaxValue());

    /// <param name="percent">0 to 100: 99 gives the milliseconds that 99 % of the arrivals don't exceed.</param>
    public double PercentileMs(double percent) => Ms(latencies.GetValueAtPercentile(percent));

    private static double Ms(long ticks) => ticks * 1_000d / Stopwatch.Frequency;
}
