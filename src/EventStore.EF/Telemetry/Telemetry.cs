using System.Diagnostics;
using System.Diagnostics.Metrics;

namespace EventStore.EF;

/// <summary>
/// What the store tells OpenTelemetry and whoever else listens: the activity source and the meter named <c>EventStore.EF</c>.
/// </summary>
internal static class Telemetry
{
    public const string Name = "EventStore.EF";

    private static readonly ActivitySource Source = new(Name);
    private static readonly Meter Meter = new(Name);

    private static readonly Counter<long> HandledEvents = Meter.CreateCounter<long>("eventstore.subscription.handled", "{event}", "Events that a handler or projection has finished.");
    private static readonly Counter<long> FailedAttempts = Meter.CreateCounter<long>("eventstore.subscription.failures", "{attempt}", "Attempts to handle an event that threw.");
    private static readonly Counter<long> SkippedEvents = Meter.CreateCounter<long>("eventstore.subscription.skipped", "{event}", "Events passed over by the policy Skip.");
    private static readonly Counter<long> ParkedEvents = Meter.CreateCounter<long>("eventstore.subscription.parked", "{event}", "Events put into the table of parked ones.");

    public static void Handled(SubscriptionName subscription, int count) => HandledEvents.Add(count, Tag(subscription));

    public static void Failed(SubscriptionName subscription) => FailedAttempts.Add(1, Tag(subscription));

    public static void Skipped(SubscriptionName subscription) => SkippedEvents.Add(1, Tag(subscription));

    public static void Parked(SubscriptionName subscription, int count) => ParkedEvents.Add(count, Tag(subscription));

    /// <summary>The activity of handling an event, a child of the one that appended it. Null when nobody listens.</summary>
    public static Activity? Handling(RecordedEvent @event, SubscriptionName subscription)
    {
        if (!Source.HasListeners())
            return null;

        _ = ActivityContext.TryParse(@event.Metadata.GetValueOrDefault(EventPlanner.TraceParent), null, isRemote: true, out var parent);
        var activity = Source.StartActivity($"process {@event.EventType}", ActivityKind.Consumer, parent);
        activity?.SetTag("messaging.system", "eventstore").SetTag("messaging.operation.type", "process")
            .SetTag("messaging.consumer.group.name", subscription.Value).SetTag("messaging.message.id", @event.EventId);
        return activity;
    }

    private static KeyValuePair<string, object?> Tag(SubscriptionName subscription) => new("eventstore.subscription", subscription.Value);
}
