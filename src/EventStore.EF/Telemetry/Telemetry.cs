using System.Diagnostics;

namespace EventStore.EF;

/// <summary>The activity source named <c>EventStore.EF</c>, by which OpenTelemetry sees what is handled; the meter of the same name is <see cref="StoreMeter"/>.</summary>
internal static class Telemetry
{
    public const string Name = "EventStore.EF";

    private static readonly ActivitySource Source = new(Name);

    /// <summary>Whether there is anybody to tell of activities.</summary>
    public static bool IsListenedTo => Source.HasListeners();

    /// <summary>
    /// The activity of handling an event, with a link to the one that appended it. It begins a trace of its own: a trace that each
    /// repetition and replay joined would grow for years. Null when nobody listens.
    /// </summary>
    /// <param name="context">The event and its attempt.</param>
    /// <param name="continuesTrace">Whether it is a part of the append's trace instead.</param>
    public static Activity? Handling(EventContext context, bool continuesTrace)
    {
        if (!IsListenedTo)
            return null;

        var @event = context.Event;
        var stored = @event.Metadata.GetValueOrDefault(EventPlanner.TraceParent);
        var isTraced = ActivityContext.TryParse(stored, null, isRemote: true, out var append);

        // What is current here would be the parent otherwise.
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
    /// Whether an activity is that of a handler which has ended. It stays current for what the handler started and left running.
    /// </summary>
    public static bool IsOver(Activity activity) => activity.IsStopped && activity.Source == Source;
}
