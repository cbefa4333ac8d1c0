using System.Diagnostics.Metrics;
using Microsoft.Extensions.DependencyInjection;

namespace EventStore.EF.Telemetry;

/// <summary>
/// The store's metrics, for OpenTelemetry and other listeners to the meter <c>EventStore.EF</c>. If the host has a meter factory, it
/// creates the meter, so that each host has its own.
/// </summary>
internal sealed class StoreMeter : IDisposable
{
    /// <summary>How long an open transaction that has appended has delayed events; 0 if none are delayed.</summary>
    public const string HeldBackAge = "eventstore.gap.age";

    private readonly Meter _meter;
    private readonly Counter<long> _handled;
    private readonly Counter<long> _failed;
    private readonly Counter<long> _skipped;
    private readonly Counter<long> _parked;
    private readonly Counter<long> _unknown;

    public StoreMeter(IServiceProvider services)
    {
        _meter = services.GetService<IMeterFactory>()?.Create(Tracing.Name) ?? new Meter(Tracing.Name);
        _handled = _meter.CreateCounter<long>(
            "eventstore.subscription.handled", "{event}", "Events that a handler or projection has finished.");
        _failed = _meter.CreateCounter<long>("eventstore.subscription.failures", "{attempt}", "Attempts to handle an event that threw.");
        _skipped = _meter.CreateCounter<long>("eventstore.subscription.skipped", "{event}", "Events passed over by the policy Skip.");
        _parked = _meter.CreateCounter<long>("eventstore.subscription.parked", "{event}", "Events that were parked.");
        _unknown = _meter.CreateCounter<long>(
            "eventstore.subscription.unknown_types", "{type}",
            "Stored names that a subscription passes over because no registered type reads them, once per process.");
    }

    public void Handled(SubscriptionName subscription, int count) => _handled.Add(count, Tag(subscription));

    public void Failed(SubscriptionName subscription) => _failed.Add(1, Tag(subscription));

    public void Skipped(SubscriptionName subscription) => _skipped.Add(1, Tag(subscription));

    public void Parked(SubscriptionName subscription, int count) => _parked.Add(count, Tag(subscription));

    public void Unknown(SubscriptionName subscription, string eventType)
        => _unknown.Add(1, Tag(subscription), new("eventstore.event.type", eventType));

    public void Measure(string gauge, string unit, string description, Func<double> value)
        => _meter.CreateObservableGauge(gauge, value, unit, description);

    public bool Owns(Instrument instrument) => instrument.Meter == _meter;

    public void Dispose() => _meter.Dispose();

    private static KeyValuePair<string, object?> Tag(SubscriptionName subscription) => new("eventstore.subscription", subscription.Value);
}
