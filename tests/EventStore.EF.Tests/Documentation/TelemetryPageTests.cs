using System.Diagnostics;
using System.Diagnostics.Metrics;
using EventStore.EF.Telemetry;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace EventStore.EF.Tests.Documentation;

/// <summary>docs/telemetry.md lists what the store measures, traces and logs.</summary>
public sealed class TelemetryPageTests
{
    private static readonly string Page = Pages.Read("telemetry.md");

    [Fact]
    public async Task Every_instrument_is_listed_with_its_kind_and_unit()
    {
        var instruments = new Dictionary<string, string>(StringComparer.Ordinal);
        using var listener = new MeterListener
        {
            InstrumentPublished = (instrument, _) =>
            {
                if (instrument.Meter.Name == Tracing.Name)
                    instruments[instrument.Name] = $"{instrument.GetType().Name.Split('`')[0]} {instrument.Unit}";
            },
        };
        listener.Start();
        await using var services = new ServiceCollection()
            .AddEventStore(store => store.UseSqlite("Data Source=no-such-folder/telemetry.db"))
            .BuildServiceProvider();
        _ = services.GetServices<IHostedService>().Count();

        var listed = Pages.Rows(Pages.Section(Page, "Metrics")).Where(row => row.Length > 3)
            .ToDictionary(row => row[0].Trim('`'), row => $"{row[1]} {row[2].Trim('`')}");

        Assert.Equal(instruments.OrderBy(it => it.Key, StringComparer.Ordinal), listed.OrderBy(it => it.Key, StringComparer.Ordinal));
    }

    [Fact]
    public void Every_tag_of_an_activity_is_listed()
    {
        using var listener = new ActivityListener
        {
            ShouldListenTo = source => source.Name == Tracing.Name,
            Sample = (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllData,
        };
        ActivitySource.AddActivityListener(listener);
        using var activity = Tracing.Handling(new(Recorded.At(1), "order-emails"), continuesTrace: false);

        var listed = Pages.Rows(Pages.Section(Page, "Activities")).Select(row => row[0].Trim('`'));

        Assert.Equal(activity!.TagObjects.Select(tag => tag.Key).Order(StringComparer.Ordinal), listed.Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Every_category_of_the_logs_is_listed()
    {
        var categories = typeof(LogCategories).GetFields().Select(field => (string)field.GetRawConstantValue()!);

        var listed = Pages.Rows(Pages.Section(Page, "Logs")).Select(row => row[0].Trim('`'))
            .Where(name => name.StartsWith("EventStore.EF.", StringComparison.Ordinal));

        Assert.Equal(categories.Order(StringComparer.Ordinal), listed.Order(StringComparer.Ordinal));
    }
}
