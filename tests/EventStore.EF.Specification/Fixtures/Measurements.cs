using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using EventStore.EF.Telemetry;
using Microsoft.Extensions.DependencyInjection;

namespace EventStore.EF.Specification;

/// <summary>What the meter of one store has measured. Other stores of the process have meters of the same name.</summary>
public sealed class Measurements : IDisposable
{
    private readonly MeterListener _listener = new();
    private readonly ConcurrentQueue<(string Instrument, double Value, Dictionary<string, object?> Tags)> _all = [];

    /// <summary>Begins to listen.</summary>
    public Measurements(TestStore store)
    {
        ArgumentNullException.ThrowIfNull(store);
        var meter = store.Host.Services.GetRequiredService<StoreMeter>();
        _listener.InstrumentPublished = (instrument, listener) =>
        {
            if (meter.Owns(instrument))
                listener.EnableMeasurementEvents(instrument);
        };
        _listener.SetMeasurementEventCallback<int>((instrument, value, tags, _) => Add(instrument, value, tags));
        _listener.SetMeasurementEventCallback<long>((instrument, value, tags, _) => Add(instrument, value, tags));
        _listener.SetMeasurementEventCallback<double>((instrument, value, tags, _) => Add(instrument, value, tags));
        _listener.Start();
    }

    /// <summary>The sum of an instrument's values.</summary>
    public double Sum(string instrument, params (string Key, object Value)[] tags) => Of(instrument, tags).Sum();

    /// <summary>How many values an instrument has measured.</summary>
    public int Count(string instrument, params (string Key, object Value)[] tags) => Of(instrument, tags).Count;

    /// <summary>The values that an instrument has measured with certain tags, besides any others.</summary>
    public IReadOnlyList<double> Of(string instrument, params (string Key, object Value)[] tags)
        => [.. _all.Where(one => one.Instrument == instrument && tags.All(tag => Equals(one.Tags.GetValueOrDefault(tag.Key), tag.Value)))
            .Select(one => one.Value)];

    /// <summary>All values of tags.</summary>
    public IReadOnlySet<string> TagValues => _all.SelectMany(one => one.Tags.Values).Select(value => $"{value}").ToHashSet();

    /// <summary>Measures what is only measured when asked for.</summary>
    public double? Gauge(string instrument, params (string Key, object Value)[] tags)
    {
        _listener.RecordObservableInstruments();
        return Of(instrument, tags) is [.., var last] ? last : null;
    }

    /// <inheritdoc/>
    public void Dispose() => _listener.Dispose();

    private void Add(Instrument instrument, double value, ReadOnlySpan<KeyValuePair<string, object?>> tags)
    {
        var copy = new Dictionary<string, object?>(StringComparer.Ordinal);
        foreach (var (key, tag) in tags)
            copy[key] = tag;

        _all.Enqueue((instrument.Name, value, copy));
    }
}
