using System.Diagnostics;
using EventStore.EF.Telemetry;
using EventStore.EF.Tests.Operations;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Time.Testing;
using OpenTelemetry;
using OpenTelemetry.Metrics;
using OpenTelemetry.Trace;

namespace EventStore.EF.Tests.Documentation;

/// <summary>docs/telemetry.md lists what the store measures, traces and logs.</summary>
public sealed class TelemetryPageTests
{
    private static readonly string Page = Pages.Read("telemetry.md");

    [Fact]
    public async Task Every_instrument_is_listed_with_its_kind_unit_and_attributes_as_OpenTelemetry_receives_them()
    {
        var received = new List<MetricSnapshot>();
        await using var services = new ServiceCollection()
            .AddEventStore(store => store.UseSqlite("Data Source=no-such-folder/telemetry.db"))
            .AddSingleton<IEventStoreOperations>(new FakeOperations(() => Reported.Store(Reported.Subscription(90, 100))))
            .BuildServiceProvider();
        var (meter, operations) = (services.GetRequiredService<StoreMeter>(), services.GetRequiredService<OperationMeter>());

        // Other tests have meters of the same name.
        using var telemetry = Sdk.CreateMeterProviderBuilder().AddMeter(EventStoreTelemetry.MeterName)
            .AddView(instrument => meter.Owns(instrument) ? null : MetricStreamConfiguration.Drop)
            .AddInMemoryExporter(received).Build();
        _ = services.GetServices<IHostedService>().Count();
        await MeasureEverythingAsync(meter, operations);

        // The store is read for its gauges after the first collection.
        while (!received.Exists(metric => metric.Name == "eventstore.subscription.lag"))
        {
            telemetry.ForceFlush();
            await Task.Yield();
            TestContext.Current.CancellationToken.ThrowIfCancellationRequested();
        }

        Assert.Equal(
            Listed("Metrics").Where(row => row.Length > 3).Select(row => $"{row[0].Trim('`')}: {row[1]} {row[2].Trim('`')} {Names(row[3])}")
                .Order(StringComparer.Ordinal),
            received.GroupBy(metric => metric.Name).Select(same => $"{same.Key}: {KindOf(same.First())} {same.First().Unit} {TagsOf(same)}")
                .Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Every_span_is_listed_with_its_kind_and_its_attributes_as_OpenTelemetry_receives_them()
    {
        var received = new List<Activity>();
        using (Sdk.CreateTracerProviderBuilder().AddSource(EventStoreTelemetry.ActivitySourceName).AddInMemoryExporter(received).Build())
            TraceEverything();

        // Those of other tests, which run meanwhile, are of the same kinds.
        Assert.Equal(
            ["append {category} Producer", "group append Client", "load {state} Internal", "process {subscription} Consumer"],
            Listed("Spans").Where(row => Enum.TryParse<ActivityKind>(row[1], out _)).Select(row => $"{row[0].Trim('`')} {row[1]}")
                .Order(StringComparer.Ordinal));
        Assert.Equal(
            ["append Producer", "group append Client", "load Internal", "process Consumer"],
            received.Select(span => $"{OperationOf(span)} {span.Kind}").Distinct().Order(StringComparer.Ordinal));
        Assert.Equal(
            Listed("Spans").Where(row => row.Length == 3 && row[0].Contains('.', StringComparison.Ordinal))
                .Select(row => $"{row[0].Trim('`')}: {Names(row[1])}").Order(StringComparer.Ordinal),
            received.SelectMany(span => span.TagObjects.Select(tag => (tag.Key, Operation: OperationOf(span)))).Distinct()
                .GroupBy(tag => tag.Key, tag => tag.Operation)
                .Select(spans => $"{spans.Key}: {string.Join(", ", spans.Order(StringComparer.Ordinal))}").Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Every_category_of_the_logs_is_listed()
    {
        var categories = typeof(LogCategories).GetFields().Select(field => (string)field.GetRawConstantValue()!);

        var listed = Listed("Logs").Select(row => row[0].Trim('`'))
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

    private static void TraceEverything()
    {
        var failure = new InvalidOperationException("not yet");
        using var append = AppendSpan.Start("order", "order-1", 1)!;
        AppendSpan.Succeed(append, 1, 1);
        AppendSpan.Fail(append, failure, describes: true);
        using var group = GroupSpan.Start([append, append]);
        GroupSpan.LeaveOut(group, 1);
        GroupSpan.Fail(group, failure);
        using var load = LoadSpan.Start("Order", "order-1")!;
        LoadSpan.Succeed(load, 1, 1, isFromSnapshot: true);
        Tracing.Fail(load, failure);
        using var process = ProcessSpan.Start("order-emails", Recorded.At(1), 1, isLive: true, continuesTrace: false)!;
        Tracing.Fail(process, failure);
        using var batch = ProcessSpan.Start("order-list", Recorded.At(1, 2), 1, isLive: true)!;
    }

    private static IEnumerable<string[]> Listed(string section) => Pages.Rows(Pages.Section(Page, section));

    private static string Names(string cell)
        => string.Join(", ", cell.Split(',', StringSplitOptions.TrimEntries).Where(name => name.StartsWith('`')).Select(name => name.Trim('`'))
            .Order(StringComparer.Ordinal));

    private static string KindOf(MetricSnapshot metric) => metric.MetricType switch
    {
        MetricType.LongSum => "Counter",
        MetricType.Histogram => "Histogram",
        MetricType.LongGauge or MetricType.DoubleGauge => "ObservableGauge",
        var other => $"{other}",
    };

    private static string TagsOf(IEnumerable<MetricSnapshot> metrics)
    {
        var names = new SortedSet<string>(StringComparer.Ordinal);
        foreach (var point in metrics.SelectMany(metric => metric.MetricPoints))
        {
            foreach (var (name, _) in point.Tags)
                names.Add(name);
        }

        return string.Join(", ", names);
    }

    /// <summary>The name of a span without what varies.</summary>
    private static string OperationOf(Activity span)
        => span.OperationName == "group append" ? span.OperationName : span.OperationName.Split(' ')[0];
}
