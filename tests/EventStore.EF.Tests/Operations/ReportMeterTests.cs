using System.Diagnostics.Metrics;
using EventStore.EF.Operations;
using EventStore.EF.Telemetry;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Time.Testing;

namespace EventStore.EF.Tests.Operations;

/// <summary>When the store is read for its metrics, and what they then are.</summary>
public sealed class ReportMeterTests : IDisposable
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(15);

    private readonly ServiceProvider _services = new ServiceCollection().BuildServiceProvider();
    private readonly FakeTimeProvider _time = new();
    private readonly Lines _lines = new();
    private readonly StoreMeter _meter;
    private readonly MeterListener _listener = new();
    private readonly Dictionary<string, double> _values = [];
    private readonly FakeOperations _operations;
    private readonly ReportMeter _gauges;
    private Func<StoreReport> _report = () => Reported.Store(Reported.Subscription(90, 100, lag: TimeSpan.FromSeconds(7)));

    public ReportMeterTests()
    {
        _meter = new(_services);
        _operations = new(() => _report());
        _gauges = new(_operations, _meter, _time, _lines);
        _listener.InstrumentPublished = (instrument, listener) =>
        {
            if (_meter.Owns(instrument))
                listener.EnableMeasurementEvents(instrument);
        };
        _listener.SetMeasurementEventCallback<int>((instrument, value, tags, _) => Add(instrument, value, tags));
        _listener.SetMeasurementEventCallback<long>((instrument, value, tags, _) => Add(instrument, value, tags));
        _listener.SetMeasurementEventCallback<double>((instrument, value, tags, _) => Add(instrument, value, tags));
        _listener.Start();
    }

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public void Dispose()
    {
        _listener.Dispose();
        _gauges.Dispose();
        _meter.Dispose();
        _services.Dispose();
    }

    [Fact]
    public async Task Nothing_is_read_until_somebody_collects_and_then_every_15_seconds_until_nobody_does()
    {
        _time.Advance(TimeSpan.FromHours(1));
        Assert.Equal(0, _operations.Reads);

        // The first collection only begins to read.
        Collect();
        Assert.DoesNotContain(_values.Keys, name => name.StartsWith("eventstore.subscription.lag", StringComparison.Ordinal));
        await UntilAsync(() => Collect("eventstore.subscription.lag orders") == 7);
        Assert.Equal(1, _operations.Reads);

        _report = () => Reported.Store(Reported.Subscription(98, 100, lag: TimeSpan.FromSeconds(1)));
        await UntilAsync(() =>
        {
            _time.Advance(TimeSpan.FromSeconds(1));
            return Collect("eventstore.subscription.lag orders") == 1;
        });
        Assert.Equal(2, _operations.Reads);

        // Nobody collects any more: twenty reads in the five minutes, one more if it was due just then, and no further one.
        for (var second = 0; second < 900; second++)
        {
            _time.Advance(TimeSpan.FromSeconds(1));
            await Task.Yield();
        }

        await StillAsync();
        var reads = _operations.Reads;
        Assert.InRange(reads, 2, 2 + 21);
        _time.Advance(TimeSpan.FromHours(1));
        await StillAsync();
        Assert.Equal(reads, _operations.Reads);
        Collect();
        Assert.DoesNotContain(_values.Keys, name => name.StartsWith("eventstore.subscription.lag", StringComparison.Ordinal));
        await UntilAsync(() => Collect("eventstore.subscription.lag orders") == 1);
    }

    [Fact]
    public async Task While_the_store_cannot_be_read_there_are_no_values_and_one_message()
    {
        await UntilAsync(() => Collect("eventstore.subscription.lag orders") == 7);
        var report = _report;
        _report = () => throw new EventStoreUnavailableException("The database is away.", outcomeUnknown: false);
        await UntilAsync(() =>
        {
            _time.Advance(Interval);
            return Collect("eventstore.subscription.lag orders") is null && _operations.Reads > 5;
        });
        Assert.Equal("The database is away.", Assert.Single(_lines.All).Split(": ")[^1]);

        _report = report;
        await UntilAsync(() =>
        {
            _time.Advance(Interval);
            return Collect("eventstore.subscription.lag orders") == 7;
        });
        Assert.Single(_lines.All);
    }

    [Fact]
    public async Task Subscriptions_of_one_name_are_measured_as_one()
    {
        var (first, second) = (
            Reported.Subscription(90, 100, lag: TimeSpan.FromSeconds(7)), Reported.Subscription(40, 100, SubscriptionStatus.Stopped, TimeSpan.FromSeconds(9)));
        var now = Reported.Store().ReadAt;
        _report = () => Reported.Store(
            first with { Info = first.Info with { Stream = "a", ParkedCount = 2 }, FirstParkedAt = now - TimeSpan.FromHours(1) },
            second with { Info = second.Info with { Stream = "b", ParkedCount = 3 }, FirstParkedAt = now - TimeSpan.FromHours(2) });
        await UntilAsync(() => Collect("eventstore.subscription.lag orders") == 9);

        Assert.Equal(
            new()
            {
                ["eventstore.subscription.lag orders"] = 9,
                ["eventstore.subscription.lag.events orders"] = 60,
                ["eventstore.subscription.parked orders"] = 5,
                ["eventstore.subscription.parked.oldest_age orders"] = 7200,
                ["eventstore.subscription.status orders running"] = 1,
                ["eventstore.subscription.status orders failing"] = 0,
                ["eventstore.subscription.status orders paused"] = 0,
                ["eventstore.subscription.status orders stopped"] = 1,
                ["eventstore.position.settled.distance"] = 3,
            },
            _values);
    }

    [Fact]
    public async Task Nothing_is_read_after_the_stop()
    {
        await _gauges.StopAsync(Ct);
        Collect();
        await StillAsync();
        Assert.Equal(0, _operations.Reads);
    }

    private double? Collect(string name = "")
    {
        _values.Clear();
        _listener.RecordObservableInstruments();
        return _values.TryGetValue(name, out var value) ? value : null;
    }

    private void Add(Instrument instrument, double value, ReadOnlySpan<KeyValuePair<string, object?>> tags)
        => _values[string.Join(' ', [instrument.Name, .. tags.ToArray().Select(tag => $"{tag.Value}")])] = value;

    /// <summary>The reading is done by the pool: waits until it has had time.</summary>
    private static async Task StillAsync()
    {
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(50), TimeProvider.System);
        await timer.WaitForNextTickAsync(Ct);
    }

    private static async Task UntilAsync(Func<bool> isSo)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(Ct);
        patience.CancelAfter(TimeSpan.FromSeconds(30));
        using var looks = new PeriodicTimer(TimeSpan.FromMilliseconds(2), TimeProvider.System);
        while (!isSo())
            await looks.WaitForNextTickAsync(patience.Token);
    }

    private sealed class Lines : ILogger
    {
        private readonly List<string> _all = [];

        public IReadOnlyList<string> All
        {
            get
            {
                lock (_all)
                    return [.. _all];
            }
        }

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull
            => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(
            LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            lock (_all)
                _all.Add(formatter(state, exception));
        }
    }
}
