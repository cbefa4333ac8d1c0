using System.Diagnostics.Metrics;

namespace Ordering;

/// <summary>What this process does, counted. The demo listens to it; OpenTelemetry would as well.</summary>
internal sealed class ShopMetrics
{
    public const string MeterName = "Ordering";

    public ShopMetrics(IMeterFactory meters)
    {
        var meter = meters.Create(MeterName);
        Appended = meter.CreateCounter<long>("ordering.appended", "{event}", "Events appended");
        Projected = meter.CreateCounter<long>("ordering.projected", "{event}", "Events applied to the order list");
        Mailed = meter.CreateCounter<long>("ordering.mailed", "{event}", "Events answered by an e-mail");
        Conflicts = meter.CreateCounter<long>("ordering.conflicts", "{append}", "Appends tried again because somebody else was faster");
    }

    public Counter<long> Appended { get; }
    public Counter<long> Projected { get; }
    public Counter<long> Mailed { get; }
    public Counter<long> Conflicts { get; }
}
