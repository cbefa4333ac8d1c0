using System.Diagnostics;

namespace EventStore.EF.Telemetry;

/// <summary>
/// The activity source <c>EventStore.EF</c>, through which OpenTelemetry sees the handling of events; <see cref="StoreMeter"/> is the meter
/// of the same name.
/// </summary>
internal static class Tracing
{
    public const string Name = "EventStore.EF";

    /// <summary>The key in an event's metadata for the W3C trace context of its append.</summary>
    public const string TraceParent = "traceparent";

    private static readonly ActivitySource Source = new(Name);

    /// <summary>Whether anyone listens to activities.</summary>
    public static bool IsListenedTo => Source.HasListeners();

    /// <summary>
    /// Starts the activity of handling an event, with a link to the one that appended it. It begins a new trace: if every repetition and
    /// replay joined the original trace, that trace would grow for years. Null if nobody listens.
    /// </summary>
    /// <param name="context">The event and its attempt.</param>
    /// <param name="continuesTrace">Whether the activity joins the append's trace instead.</param>
    public static Activity? Handling(EventContext context, bool continuesTrace)
    {
        if (!IsListenedTo)
            return null;

        var @event = context.Event;
        var stored = @event.Metadata.GetValueOrDefault(Tracing.TraceParent);
        var isTraced = ActivityContext.TryParse(stored, null, isRemote: true, out var append);

        // Otherwise the current activity would become the parent.
        Activity.Current = null;
        var activity = Source.StartActivity(
            $"process {@event.EventType}", ActivityKind.Consumer, continuesTrace ? append : default,
            links: isTraced ? [new(append)] : null);
        activity?.SetTag("messaging.system", "eventstore").SetTag("messaging.operation.type", "process")
            .SetTag("messaging.consumer.group.name", context.Subscription.Value).SetTag("messaging.message.id", @event.EventId)
            .SetTag("eventstore.attempt", context.Attempt);
        return activity;
    }

    /// <summary>
    /// Whether an activity belongs to a handler that has ended. It stays current for whatever the handler started and left running.
    /// </summary>
    public static bool IsOver(Activity activity) => activity.IsStopped && activity.Source == Source;
}
