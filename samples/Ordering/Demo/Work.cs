using System.Diagnostics.Metrics;

namespace Ordering.Demo;

/// <summary>What this process has done since this object was made, from the counters of <see cref="ShopMetrics"/>.</summary>
internal sealed class Work : IDisposable
{
    private readonly MeterListener _listener = new();

    public Work()
    {
        _listener.InstrumentPublished = (instrument, listener) =>
        {
            if (instrument.Meter.Name == ShopMetrics.MeterName)
                listener.EnableMeasurementEvents(instrument, RateOf(instrument.Name));
        };
        _listener.SetMeasurementEventCallback<long>((_, count, _, rate) => ((Rate?)rate)?.Add(count));
        _listener.Start();
    }

    public Rate Appended { get; } = new();
    public Rate Projected { get; } = new();
    public Rate Mailed { get; } = new();
    public Rate Conflicts { get; } = new();

    public void Dispose() => _listener.Dispose();

    private Rate? RateOf(string instrument) => instrument switch
    {
        "ordering.appended" => Appended,
        "ordering.projected" => Projected,
        "ordering.mailed" => Mailed,
        "ordering.conflicts" => Conflicts,
        _ => null,
    };
}
