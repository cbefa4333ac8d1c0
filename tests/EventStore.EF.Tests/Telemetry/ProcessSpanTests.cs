using System.Diagnostics;
using EventStore.EF.Telemetry;

namespace EventStore.EF.Tests.Telemetry;

/// <summary>The traces of an event that is delivered again and again.</summary>
public sealed class ProcessSpanTests
{
    private const string Append = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
    private static readonly SubscriptionName Subscription = $"telemetry-{Guid.NewGuid():N}";

    [Fact]
    public void Ten_thousand_deliveries_of_an_event_make_as_many_traces_of_at_most_two_spans_with_a_link_each()
    {
        const int Deliveries = 10_000;
        using var listener = Listen();
        var spans = new List<Activity>(2 * Deliveries);
        var @event = Event(Append);
        for (var attempt = 1; attempt <= Deliveries; attempt++)
        {
            using var handling = ProcessSpan.Start(Subscription, @event, attempt, isLive: false, continuesTrace: false);
            using var append = AppendSpan.Start("answer", null, 1);
            spans.AddRange([handling!, append!]);
        }

        var traces = spans.GroupBy(span => span.TraceId).ToArray();
        Assert.Equal(Deliveries, traces.Length);
        Assert.All(traces, trace => Assert.Equal(2, trace.Count()));
        Assert.All(traces, trace => Assert.Equal(ActivityContext.Parse(Append, null).SpanId, Assert.Single(trace.First().Links).Context.SpanId));
        Assert.DoesNotContain(traces, trace => trace.Key == ActivityContext.Parse(Append, null).TraceId);
    }

    [Fact]
    public void Events_of_one_append_share_a_link()
    {
        using var listener = Listen();
        const string Other = "00-0af7651916cd43dd8448eb211c80319c-00f067aa0ba902b7-01";
        using var span = ProcessSpan.Start(
            Subscription, [Event(Append), Event(Append), Recorded.At(3), Event(Other), Event("none")], 1, isLive: true);

        Assert.Equal(
            [ActivityContext.Parse(Append, null).SpanId, ActivityContext.Parse(Other, null).SpanId],
            span!.Links.Select(link => link.Context.SpanId));
    }

    private static RecordedEvent Event(string traceParent) => new(new EventCatalog())
    {
        EventId = Guid.CreateVersion7(),
        Position = 1,
        StreamName = "order-1",
        StreamVersion = 1,
        Number = 1,
        EventType = "order-placed",
        SchemaVersion = 1,
        Payload = new byte[] { 1 },
        CreatedAt = DateTimeOffset.UnixEpoch,
        Metadata = new() { [Tracing.TraceParent] = traceParent },
    };

    private static ActivityListener Listen()
    {
        var listener = new ActivityListener
        {
            ShouldListenTo = source => source.Name == EventStoreTelemetry.ActivitySourceName,
            Sample = (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllData,
        };
        ActivitySource.AddActivityListener(listener);
        return listener;
    }
}
