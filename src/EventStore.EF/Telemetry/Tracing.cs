using System.Diagnostics;
using EventStore.EF.Errors;

namespace EventStore.EF.Telemetry;

/// <summary>
/// The activity source through which OpenTelemetry sees the store's spans; <see cref="StoreMeter"/> is the meter of the same name. Callers
/// ask <see cref="IsListenedTo"/> first, so that nothing is allocated while nobody listens.
/// </summary>
internal static class Tracing
{
    /// <summary>The value of <see cref="TagNames.MessagingSystem"/>.</summary>
    public const string MessagingSystem = "eventstore";

    /// <summary>The key in an event's metadata for the W3C trace context of its append.</summary>
    public const string TraceParent = "traceparent";

    /// <summary>The version of the store, for source and meter.</summary>
    public static string? Version { get; } = typeof(Tracing).Assembly.GetName().Version?.ToString(3);

    /// <summary>The source.</summary>
    public static ActivitySource Source { get; } = new(EventStoreTelemetry.ActivitySourceName, Version);

    /// <summary>Whether anyone listens to spans.</summary>
    public static bool IsListenedTo => Source.HasListeners();

    /// <summary>
    /// Whether an activity belongs to a handler that has ended. It stays current for whatever the handler started and left running.
    /// </summary>
    public static bool IsOver(Activity activity) => activity.IsStopped && activity.Source == Source;

    /// <summary>Marks a span as failed.</summary>
    /// <param name="span">The span, if there is one.</param>
    /// <param name="exception">What was thrown.</param>
    /// <param name="describes">Whether the exception's message may be exported; it may contain the names of streams.</param>
    public static void Fail(Activity? span, Exception exception, bool describes = true)
        => span?.SetStatus(ActivityStatusCode.Error, describes ? ErrorText.Describe(exception) : null)
            .SetTag(TagNames.ErrorType, ErrorTypeOf(exception));

    /// <summary>The value of <see cref="TagNames.ErrorType"/>.</summary>
    public static string ErrorTypeOf(Exception exception) => exception.GetType().ToString();

    /// <summary>
    /// Leaves a span that is over, so that a new one doesn't become its child. The caller restores <see cref="Activity.Current"/>.
    /// </summary>
    public static void LeaveWhatIsOver()
    {
        if (Activity.Current is { } current && IsOver(current))
            Activity.Current = null;
    }
}
