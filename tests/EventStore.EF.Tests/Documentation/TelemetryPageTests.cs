using System.Diagnostics;
using System.Diagnostics.Metrics;
using EventStore.EF.Telemetry;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Time.Testing;

namespace EventStore.EF.Tests.Documentation;

/// <summary>docs/telemetry.md lists what the store measures, traces and logs.</summary>
public sealed class TelemetryPageTests
{
    private static readonly string Page = Pages.Read("telemetry.md");

    [Fact]
    public async Task Every_instrument_is_listed_with_its_kind_unit_and_attributes_as_a_listener_receives_them()
    {
        await using var services = new ServiceCollection()
            .AddEventStore(store => store.UseSqlite("Data Source=no-such-folder/telemetry.db"))
            .BuildServiceProvider();
        _ = services.GetServices<IHostedService>().Count();
        var (meter, operations) = (services.GetRequiredService<StoreMeter>(), services.GetRequiredService<OperationMeter>());
        using var received = new Received(meter);
        await MeasureEverythingAsync(meter, operations);

        var listed = Pages.Rows(Pages.Section(Page, "Metrics")).Where(row => row.Length > 3).Select(
            row => $"{row[0].Trim('`')}: {row[1]} {row[2].Trim('`')} {string.Join(' ', Names(row[3]).Order(StringComparer.Ordinal))}");

        Assert.Equal(received.All.Order(StringComparer.Ordinal), listed.Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Every_attribute_of_a_span_is_listed_with_the_spans_that_have_it()
    {
        using var listener = new ActivityListener
        {
            ShouldListenTo = source => source.Name == EventStoreTelemetry.ActivitySourceName,
            Sample = (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllData,
        };
        ActivitySource.AddActivityListener(listener);
        var failure = new InvalidOperationException("not yet");
        using var append = AppendSpan.Start("order", "order-1", 1)!;
        AppendSpan.Succeed(append, 1, 1);
        AppendSpan.Fail(append, failure, describes: true);
        using var load = LoadSpan.Start("Order", "order-1")!;
        LoadSpan.Succeed(load, 1, 1, isFromSnapshot: true);
        Tracing.Fail(load, failure);
        using var process = ProcessSpan.Start("order-emails", Recorded.At(1), 1, isLive: true, continuesTrace: false)!;
        Tracing.Fail(process, failure);
        using var batch = ProcessSpan.Start("order-list", Recorded.At(1, 2), 1, isLive: true)!;
        Activity[] spans = [append, load, process, batch];
        var received = spans.SelectMany(span => span.TagObjects.Select(tag => (tag.Key, Span: span.OperationName.Split(' ')[0])))
            .Distinct().GroupBy(tag => tag.Key).Select(tag => $"{tag.Key}: {string.Join(' ', tag.Select(span => span.Span).Order(StringComparer.Ordinal))}");

        var listed = Pages.Rows(Pages.Section(Page, "Spans")).Where(row => row.Length == 3 && row[0].Contains('.', StringComparison.Ordinal)).Select(
            row => $"{row[0].Trim('`')}: {string.Join(' ', Names(row[1]).Order(StringComparer.Ordinal))}");

        Assert.Equal(received.Order(StringComparer.Ordinal), listed.Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Every_span_is_listed_with_its_kind()
        => Assert.Equal(
            ["append {category} Producer", "load {state} Internal", "process {subscription} Consumer"],
            Pages.Rows(Pages.Section(Page, "Spans")).Where(row => row[0].Contains('{', StringComparison.Ordinal))
                .Select(row => $"{row[0].Trim('`')} {row[1]}").Order(StringComparer.Ordinal));

    [Fact]
    public void Every_category_of_the_logs_is_listed()
    {
        var categories = typeof(LogCategories).GetFields().Select(field => (string)field.GetRawConstantValue()!);

        var listed = Pages.Rows(Pages.Section(Page, "Logs")).Select(row => row[0].Trim('`'))
            .Where(name => name.StartsWith("EventStore.EF.", StringComparison.Ordinal));

        Assert.Equal(categories.Order(StringComparer.Ordinal), listed.Order(StringComparer.Ordinal));
    }

    private static async Task MeasureEverythingAsync(StoreMeter meter, OperationMeter operations)
    {
        var (name, failure) = (new SubscriptionName("order-emails"), new InvalidOperationException("not yet"));
        operations.Appended(OperationMeter.Append, 1, operations.Begin(), new WrongExpectedVersionException("order-1", ExpectedVersion.At(1), 2));
        operations.Appended(OperationMeter.Append, 1, operations.Begin(), new EventStoreUnavailableException("away", outcomeUnknown: true));
        operations.Appended(OperationMeter.Link, 0, operations.Begin(), null);
        await operations.MeasureReadAsync(new ValueTask<int>(1), operations.Begin());
        operations.Grouped(1);
        operations.Retried();
        operations.Folded("Order", 1);
        meter.Handled(name, 1);
        meter.Failed(name);
        meter.Skipped(name);
        meter.Parked(name, 1);
        meter.Unknown(name, "order-placed");
        meter.Restarted(name);
        meter.LeaseLost(name);
        meter.Processed(name, 1, meter.BeginHandling(), failure, CancellationToken.None);
        meter.HandedOut([Recorded.At(1)], new FakeTimeProvider(DateTimeOffset.UnixEpoch));
        _ = meter.MeasureInFlight(name, 0, () => 1);
    }

    private static IEnumerable<string> Names(string cell)
        => cell.Split(',', StringSplitOptions.TrimEntries).Where(name => name.StartsWith('`')).Select(name => name.Trim('`'));

    /// <summary>The instruments of one store as a listener sees them: name, kind, unit and tags.</summary>
    private sealed class Received : IDisposable
    {
        private readonly MeterListener _listener = new();
        private readonly Dictionary<Instrument, SortedSet<string>> _tags = [];

        public Received(StoreMeter meter)
        {
            _listener.InstrumentPublished = (instrument, listener) =>
            {
                if (!meter.Owns(instrument))
                    return;

                _tags[instrument] = new(StringComparer.Ordinal);
                listener.EnableMeasurementEvents(instrument);
            };
            _listener.SetMeasurementEventCallback<int>((instrument, _, tags, _) => Add(instrument, tags));
            _listener.SetMeasurementEventCallback<long>((instrument, _, tags, _) => Add(instrument, tags));
            _listener.SetMeasurementEventCallback<double>((instrument, _, tags, _) => Add(instrument, tags));
            _listener.Start();
        }

        public IEnumerable<string> All
        {
            get
            {
                _listener.RecordObservableInstruments();
                return _tags.Select(
                    one => $"{one.Key.Name}: {one.Key.GetType().Name.Split('`')[0]} {one.Key.Unit} {string.Join(' ', one.Value)}");
            }
        }

        public void Dispose() => _listener.Dispose();

        private void Add(Instrument instrument, ReadOnlySpan<KeyValuePair<string, object?>> tags)
        {
            foreach (var (key, _) in tags)
                _tags[instrument].Add(key);
        }
    }
}
