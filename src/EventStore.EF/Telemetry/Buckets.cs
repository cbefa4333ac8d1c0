using System.Diagnostics.Metrics;

namespace EventStore.EF.Telemetry;

/// <summary>The boundaries of the histograms' buckets. The defaults of OpenTelemetry are meant for milliseconds.</summary>
internal static class Buckets
{
    /// <summary>From half a millisecond to 10 seconds, for durations in seconds.</summary>
    public static InstrumentAdvice<double> Seconds { get; } = new()
    {
        HistogramBucketBoundaries = [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10],
    };

    /// <summary>For counts of appends and of events.</summary>
    public static InstrumentAdvice<int> Counts { get; } = new()
    {
        HistogramBucketBoundaries = [1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000, 10_000],
    };
}
