using System.Diagnostics;

namespace EventStore.EF.Telemetry;

/// <summary>
/// The span of an append. Its context is stored in the events' metadata, so it begins before they are serialized. Named by the category of
/// the streams and never by a stream: names with ids would be too many.
/// </summary>
internal static class AppendSpan
{
    private const string Operation = OperationMeter.Append;

    /// <summary>Starts the span and makes it current; <see langword="null"/> if nobody wants it.</summary>
    /// <param name="category">The common category of the streams, if there is one.</param>
    /// <param name="stream">The stream, if there is only one and it may be named.</param>
    /// <param name="events">The number of events.</param>
    public static Activity? Start(string? category, string? stream, int events)
    {
        Tracing.LeaveWhatIsOver();
        var span = Tracing.Source.StartActivity(
            category is null ? Operation : $"{Operation} {category}", ActivityKind.Producer, parentContext: default,
            [
                new(TagNames.MessagingSystem, Tracing.MessagingSystem),
                new(TagNames.Operation, Operation),
                new(TagNames.OperationType, "send"),
                new(TagNames.MessageCount, events),
            ]);
        return span?.SetTag(TagNames.Destination, category is null ? null : $"{category}-{{id}}").SetTag(TagNames.Stream, stream);
    }

    /// <summary>Adds what was written.</summary>
    /// <param name="span">The span.</param>
    /// <param name="version">The version of the stream afterwards; <see langword="null"/> if there are several streams.</param>
    /// <param name="position">The position of the last event.</param>
    public static void Succeed(Activity span, long? version, long position)
        => span.SetTag(TagNames.StreamVersion, version).SetTag(TagNames.Position, position)
            .SetTag(TagNames.AppendOutcome, Outcome.Success);

    /// <summary>Marks the append as failed.</summary>
    /// <param name="span">The span.</param>
    /// <param name="exception">What was thrown.</param>
    /// <param name="describes">See <see cref="Tracing.Fail"/>.</param>
    public static void Fail(Activity span, Exception exception, bool describes)
    {
        Tracing.Fail(span, exception, describes);
        span.SetTag(TagNames.AppendOutcome, Outcome.OfCall(exception));
    }
}
