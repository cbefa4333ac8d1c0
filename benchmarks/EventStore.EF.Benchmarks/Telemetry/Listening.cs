using System.Diagnostics;
using OpenTelemetry;
using OpenTelemetry.Metrics;
using OpenTelemetry.Trace;

namespace EventStore.EF.Benchmarks;

/// <summary>OpenTelemetry as an application has it: all spans are exported in batches, and metrics once a second; but to nowhere.</summary>
internal sealed class Listening : IDisposable
{
    private readonly MeterProvider _metrics;
    private readonly TracerProvider? _spans;

    public Listening(bool toSpans)
    {
        _metrics = Sdk.CreateMeterProviderBuilder().AddMeter(EventStoreTelemetry.MeterName)
            .AddReader(new PeriodicExportingMetricReader(new Nowhere<Metric>(), exportIntervalMilliseconds: 1000)).Build();
        _spans = !toSpans ? null : Sdk.CreateTracerProviderBuilder().AddSource(EventStoreTelemetry.ActivitySourceName)
            .AddProcessor(new BatchActivityExportProcessor(new Nowhere<Activity>())).Build();
    }

    public void Dispose()
    {
        _metrics.Dispose();
        _spans?.Dispose();
    }

    private sealed class Nowhere<T> : BaseExporter<T>
        where T : class
    {
        public override ExportResult Export(in Batch<T> batch) => ExportResult.Success;
    }
}
