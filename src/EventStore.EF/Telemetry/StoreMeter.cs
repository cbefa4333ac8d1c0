using System.Collections.Concurrent;
using System.Diagnostics;
using System.Diagnostics.Metrics;
using Microsoft.Extensions.DependencyInjection;

namespace EventStore.EF.Telemetry;

/// <summary>
/// The store's metrics, for OpenTelemetry and other listeners to the meter <c>EventStore.EF</c>: those of subscriptions here, those of
/// calls to the store in <see cref="OperationMeter"/>. If the host has a meter factory, it creates the meter, so that each host has its
/// own.
/// </summary>
internal sealed class StoreMeter : IDisposable
{
    /// <summary>How long an open transaction that has appended has delayed events; 0 if none are delayed.</summary>
    public const string HeldBackAge = "eventstore.gap.age";

    /// <summary>
    /// Events older than this are not new: they were imported with their original time, or the database was away. Their age would hide the
    /// delay of all others in the sum.
    /// </summary>
    private static readonly TimeSpan LongestTailDelay = TimeSpan.FromHours(1);

    private readonly ConcurrentDictionary<InFlight, bool> _inFlight = [];
    private readonly Counter<long> _handled;
    private readonly Counter<long> _failed;
    private readonly Counter<long> _skipped;
    private readonly Counter<long> _parked;
    private readonly Counter<long> _unknown;
    private readonly Counter<long> _consumed;
    private readonly Counter<long> _restarts;
    private readonly Counter<long> _lostLeases;
    private readonly Histogram<double> _handling;
    private readonly Histogram<double> _tailDelay;

    public StoreMeter(IServiceProvider services)
    {
        var options = new MeterOptions(EventStoreTelemetry.MeterName) { Version = Tracing.Version };
        Meter = services.GetService<IMeterFactory>()?.Create(options) ?? new Meter(options);
        _handled = Meter.CreateCounter<long>(
            "eventstore.subscription.handled", "{event}", "Events that a handler or projection has finished.");
        _failed = Meter.CreateCounter<long>("eventstore.subscription.failures", "{attempt}", "Attempts to handle an event that threw.");
        _skipped = Meter.CreateCounter<long>("eventstore.subscription.skipped", "{event}", "Events passed over by the policy Skip.");
        _parked = Meter.CreateCounter<long>("eventstore.subscription.parked.added", "{event}", "Events that were parked.");
        _unknown = Meter.CreateCounter<long>(
            "eventstore.subscription.unknown_types", "{type}",
            "Stored names that a subscription passes over because no registered type reads them, once per process.");
        _consumed = Meter.CreateCounter<long>(
            "messaging.client.consumed.messages", "{message}", "Events given to a handler, a projection or a reader, each time.");
        _restarts = Meter.CreateCounter<long>(
            "eventstore.subscription.restarts", "{restart}", "Partitions that failed and started again from their checkpoint.");
        _lostLeases = Meter.CreateCounter<long>(
            "eventstore.subscription.lost_leases", "{lease}", "Leases that another process has taken over while this one ran.");
        _handling = Meter.CreateHistogram(
            "messaging.process.duration", "s", "How long a handler took for an event, or a projection for a transaction.", null,
            Buckets.Seconds);
        _tailDelay = Meter.CreateHistogram(
            "eventstore.tail.delay", "s", "Time from an append to the hand-out of its events to subscriptions.", null, Buckets.Seconds);
        Meter.CreateObservableGauge(
            "eventstore.subscription.in_flight", ObserveInFlight, "{event}", "Events sent to consumers and not finished.");
    }

    /// <summary>The meter.</summary>
    public Meter Meter { get; }

    /// <summary>Whether anyone listens to what <see cref="Processed"/> records.</summary>
    public bool MeasuresHandling => _handling.Enabled || _consumed.Enabled;

    /// <summary>The timestamp at which handling begins; 0 if its duration is of no interest.</summary>
    public long BeginHandling() => _handling.Enabled ? Stopwatch.GetTimestamp() : 0;

    public void Handled(SubscriptionName subscription, int count) => _handled.Add(count, Tag(subscription));

    public void Failed(SubscriptionName subscription) => _failed.Add(1, Tag(subscription));

    public void Skipped(SubscriptionName subscription) => _skipped.Add(1, Tag(subscription));

    public void Parked(SubscriptionName subscription, int count) => _parked.Add(count, Tag(subscription));

    public void Unknown(SubscriptionName subscription, string eventType)
        => _unknown.Add(1, Tag(subscription), new(TagNames.EventType, eventType));

    public void Restarted(SubscriptionName subscription) => _restarts.Add(1, Tag(subscription));

    public void LeaseLost(SubscriptionName subscription) => _lostLeases.Add(1, Tag(subscription));

    /// <summary>Records that events were given to the application.</summary>
    public void Consumed(SubscriptionName subscription, int count)
    {
        if (_consumed.Enabled)
            _consumed.Add(count, TagsOf(subscription));
    }

    /// <summary>Records one attempt to handle events.</summary>
    /// <param name="subscription">The subscription.</param>
    /// <param name="events">How many events: several if a projection applies them in one transaction.</param>
    /// <param name="begunAt">See <see cref="BeginHandling"/>.</param>
    /// <param name="failure">What the handler threw, if anything.</param>
    /// <param name="ct">The token that the handler was given.</param>
    public void Processed(SubscriptionName subscription, int events, long begunAt, Exception? failure, CancellationToken ct)
    {
        Consumed(subscription, events);
        if (begunAt == 0)
            return;

        var tags = TagsOf(subscription);
        tags.Add(TagNames.Outcome, Outcome.OfHandling(failure, ct));
        if (failure is not null)
            tags.Add(TagNames.ErrorType, Tracing.ErrorTypeOf(failure));

        _handling.Record(Stopwatch.GetElapsedTime(begunAt).TotalSeconds, tags);
    }

    /// <summary>Records that the reader of new events has handed out events.</summary>
    /// <param name="events">The events.</param>
    /// <param name="time">The clock. The events have the time of the database's clock, which may differ.</param>
    public void HandedOut(IReadOnlyList<RecordedEvent> events, TimeProvider time)
    {
        if (!_tailDelay.Enabled || events.Count == 0)
            return;

        var now = time.GetUtcNow();
        foreach (var @event in events)
        {
            if (now - @event.CreatedAt is var delay && delay <= LongestTailDelay)
                _tailDelay.Record(Math.Max(0, delay.TotalSeconds));
        }
    }

    /// <summary>Measures the events in flight of a partition until the result is disposed.</summary>
    public IDisposable MeasureInFlight(SubscriptionName subscription, int partition, Func<int> count)
    {
        var measured = new InFlight(this, subscription, partition, count);
        _inFlight[measured] = true;
        return measured;
    }

    public void Measure(string gauge, string unit, string description, Func<double> value)
        => Meter.CreateObservableGauge(gauge, value, unit, description);

    /// <summary>The tag of a subscription.</summary>
    public static KeyValuePair<string, object?> Tag(SubscriptionName subscription) => new(TagNames.Subscription, subscription.Value);

    public bool Owns(Instrument instrument) => instrument.Meter == Meter;

    public void Dispose() => Meter.Dispose();

    private IEnumerable<Measurement<int>> ObserveInFlight()
        => _inFlight.Keys.GroupBy(measured => (measured.Subscription, measured.Partition)).Select(same => new Measurement<int>(
            same.Sum(measured => measured.Count()), Tag(same.Key.Subscription), new(TagNames.Partition, same.Key.Partition)));

    private static TagList TagsOf(SubscriptionName subscription) => new()
    {
        { TagNames.MessagingSystem, Tracing.MessagingSystem },
        { TagNames.Operation, ProcessSpan.Operation },
        { TagNames.ConsumerGroup, subscription.Value },
    };

    /// <summary>A partition whose events in flight are measured.</summary>
    private sealed class InFlight(StoreMeter meter, SubscriptionName subscription, int partition, Func<int> count) : IDisposable
    {
        public SubscriptionName Subscription => subscription;

        public int Partition => partition;

        public int Count() => count();

        public void Dispose() => meter._inFlight.TryRemove(this, out _);
    }
}
