using System.Diagnostics.Metrics;
using EventStore.EF.Errors;
using EventStore.EF.Telemetry;
using EventStore.EF.Threading;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace EventStore.EF.Operations;

/// <summary>
/// Measures what the database says of all subscriptions, whichever process runs them: a dead process can't measure how far behind its
/// subscriptions are. A collection can't wait for the database, so it gets the last report.
/// </summary>
/// <remarks><code>
///   idle ──collected──▶ reads ──▶ waits ──collected recently──▶ reads
///                                   └──otherwise──▶ idle
/// </code></remarks>
internal sealed partial class ReportMeter : IHostedService, IDisposable
{
    /// <summary>The time between two reads.</summary>
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(15);

    /// <summary>How long it goes on reading after a collection. Exporters collect once a minute, or less often.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(5);

    private readonly IEventStoreOperations _operations;
    private readonly Meter _meter;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly CancellationTokenSource _stop = new();
    private readonly CancellationToken _stopping;
    private readonly Lock _lock = new();
    private StoreReport? _report;
    private long _collectedAt;
    private bool _isReading;

    public ReportMeter(IEventStoreOperations operations, StoreMeter meter, TimeProvider time, ILogger logger)
    {
        (_operations, _meter, _time, _logger) = (operations, meter.Meter, time, logger);
        _stopping = _stop.Token;
        Measure(
            "eventstore.subscription.lag", "s", "Age of the first event after the checkpoint.",
            (_, same) => same.Max(one => one.Info.LagTime.TotalSeconds));
        Measure(
            "eventstore.subscription.lag.events", "{event}", "Events after the checkpoint, up to a limit.",
            (_, same) => same.Max(one => one.Info.LagEvents));
        Measure(
            "eventstore.subscription.parked", "{event}", "Parked events, up to a limit.",
            (_, same) => same.Sum(one => one.Info.ParkedCount));
        Measure(
            "eventstore.subscription.parked.oldest_age", "s", "Time since the first of the parked events was parked.",
            (report, same) => same.Max(one => one.FirstParkedAt is { } at && at < report.ReadAt ? (report.ReadAt - at).TotalSeconds : 0));
        _meter.CreateObservableGauge(
            "eventstore.subscription.status", ObserveStatus, "{subscription}", "1 for the status that the subscription has, 0 for others.");
        _meter.CreateObservableGauge(
            "eventstore.position.settled.distance", ObserveDistance, "{position}",
            "Positions between the last settled one and the end of the store.");
    }

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => _stop.CancelAsync();

    public void Dispose()
    {
        _stop.Cancel();
        _stop.Dispose();
    }

    private void Measure<T>(string gauge, string unit, string description, Func<StoreReport, SubscriptionReport[], T> value)
        where T : struct
        => _meter.CreateObservableGauge(
            gauge,
            () => Collect() is not { } report ? [] : ByName(report).Select(
                same => new Measurement<T>(value(report, same), StoreMeter.Tag(same[0].Info.Name))),
            unit, description);

    private IEnumerable<Measurement<int>> ObserveStatus()
        => Collect() is not { } report ? [] :
            from same in ByName(report)
            from status in Enum.GetValues<SubscriptionStatus>()
            select new Measurement<int>(
                Array.Exists(same, one => one.Info.Status == status) ? 1 : 0,
                StoreMeter.Tag(same[0].Info.Name), new(TagNames.Status, status.ToString().ToLowerInvariant()));

    private IEnumerable<Measurement<long>> ObserveDistance()
        => Collect() is { Head: { } head, SettledPosition: { } settled } ? [new(Math.Max(0, head - settled))] : [];

    /// <summary>Subscriptions of one name to several streams are measured as one: no measurement has a stream's name.</summary>
    private static IEnumerable<SubscriptionReport[]> ByName(StoreReport report)
        => (report.Subscriptions ?? []).GroupBy(one => one.Info.Name).Select(same => same.ToArray());

    /// <summary>The last report, if there is one. The first call begins to read.</summary>
    private StoreReport? Collect()
    {
        lock (_lock)
        {
            _collectedAt = _time.GetTimestamp();
            if (!_isReading && !_stopping.IsCancellationRequested)
            {
                _isReading = true;
                _ = DetachedTask.RunAsync(ReadAsync);
            }

            return _report;
        }
    }

    private async Task ReadAsync()
    {
        var isAway = false;
        do
        {
            StoreReport? report = null;
            try
            {
                report = await _operations.GetReportAsync(_stopping).ConfigureAwait(false);
                isAway = false;
            }
            catch (Exception exception)
            {
                if (!isAway && !_stopping.IsCancellationRequested)
                    LogAway(_logger, ErrorText.Describe(exception));

                isAway = true;
            }

            // Nothing rather than what was true before.
            lock (_lock)
                _report = report;

            await Task.Delay(Interval, _time, _stopping).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
        while (GoesOn());
    }

    private bool GoesOn()
    {
        lock (_lock)
        {
            _isReading = !_stopping.IsCancellationRequested && _time.GetElapsedTime(_collectedAt) <= Patience;
            if (!_isReading)
                _report = null;

            return _isReading;
        }
    }

    [LoggerMessage(
        4001, LogLevel.Warning,
        "The metrics of lag, status and parked events have no values until the store can be read again: {Reason}")]
    private static partial void LogAway(ILogger logger, string reason);
}
