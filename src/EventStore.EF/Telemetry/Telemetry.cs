using System.Diagnostics;

namespace EventStore.EF;

/// <summary>The activity source named <c>EventStore.EF</c>, by which OpenTelemetry sees what is handled; the meter of the same name is <see cref="StoreMeter"/>.</summary>
internal static class Telemetry
{
    public const string Name = "EventStore.EF";

    private static readonly ActivitySource Source = new(Name);

    /// <summary>Whether there is anybody to tell of activities.</summary>
    public static bool IsListenedTo => Source.HasListeners();

    /// <summary>The activity of handling an event, a child of the one that appended it. Null when nobody listens.</summary>
    public static Activity? Handling(RecordedEvent @event, SubscriptionName subscription)
    {
        if (!IsListenedTo)
            return null;

        _ = ActivityContext.TryParse(@event.Metadata.GetValueOrDefault(EventPlanner.TraceParent), null, isRemote: true, out var parent);
        var activity = Source.StartActivity($"process {@event.EventType}", ActivityKind.Consumer, parent);
        activity?.SetTag("messaging.system", "eventstore").SetTag("messaging.operation.type", "process")
            .SetTag("messaging.consumer.group.name", subscription.Value).SetTag("messaging.message.id", @event.EventId);
        return activity;
    }
}
