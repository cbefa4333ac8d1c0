using System.Diagnostics.Metrics;
using Microsoft.Extensions.DependencyInjection;

namespace EventStore.EF;

/// <summary>The store's meter. The host's factory makes it, where there is one, so that each host has a meter of its own.</summary>
internal sealed class StoreMeter(IServiceProvider services) : IDisposable
{
    public const string Name = Telemetry.Name;

    /// <summary>How long events have been held back by a transaction that has appended and is still open; 0 when none are.</summary>
    public const string HeldBackAge = "eventstore.position.held_back.age";

    private readonly Meter _meter = services.GetService<IMeterFactory>()?.Create(Name) ?? new Meter(Name);

    public void Measure(string gauge, string unit, string description, Func<double> value)
        => _meter.CreateObservableGauge(gauge, value, unit, description);

    public bool Owns(Instrument instrument) => instrument.Meter == _meter;

    public void Dispose() => _meter.Dispose();
}
