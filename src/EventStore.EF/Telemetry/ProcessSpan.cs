using System.Diagnostics;

namespace EventStore.EF.Telemetry;

/// <summary>
/// The span of handling an event, or a batch of a projection. It begins a new trace with links to the appends: if every repetition and
/// replay joined the original trace, that trace would grow for years.
/// </summary>
internal static class ProcessSpan
{
    public const string Operation = "process";

    /// <summary>Starts the span of handling one event; <see langword="null"/> if nobody wants it.</summary>
    /// <param name="subscription">The subscription.</param>
    /// <param name="event">The event.</param>
    /// <param name="attempt">1 for the first attempt.</param>
    /// <param name="isLive">Whether it was received right after its append.</param>
    /// <param name="continuesTrace">Whether the span joins the append's trace instead of beginning a new one.</param>
    public static Activity? Start(SubscriptionName subscription, RecordedEvent @event, int attempt, bool isLive, bool continuesTrace)
    {
        var append = AppendOf(@event);
        return Start(
            subscription, continuesTrace ? append : default, append == default ? null : [new(append)],
            [
                .. TagsOf(subscription, @event.Position, attempt, isLive),
                new(TagNames.MessageId, @event.EventId),
                new(TagNames.EventType, @event.EventType),
            ]);
    }

    /// <summary>Starts the span of applying events in one transaction; <see langword="null"/> if nobody wants it.</summary>
    /// <param name="subscription">The subscription.</param>
    /// <param name="events">The events, at least one.</param>
    /// <param name="attempt">1 for the first attempt.</param>
    /// <param name="isLive">Whether all were received right after their appends.</param>
    public static Activity? Start(SubscriptionName subscription, IReadOnlyList<RecordedEvent> events, int attempt, bool isLive)
        => Start(
            subscription, default, LinksOf(events),
            [
                .. TagsOf(subscription, events[^1].Position, attempt, isLive),
                new(TagNames.MessageCount, events.Count),
            ]);

    private static Activity? Start(
        SubscriptionName subscription, ActivityContext parent, IEnumerable<ActivityLink>? links,
        IEnumerable<KeyValuePair<string, object?>> tags)
    {
        // Otherwise the current activity would become the parent.
        Activity.Current = null;
        return Tracing.Source.StartActivity($"{Operation} {subscription.Value}", ActivityKind.Consumer, parent, tags, links);
    }

    private static KeyValuePair<string, object?>[] TagsOf(SubscriptionName subscription, long position, int attempt, bool isLive) =>
    [
        new(TagNames.MessagingSystem, Tracing.MessagingSystem),
        new(TagNames.Operation, Operation),
        new(TagNames.OperationType, Operation),
        new(TagNames.ConsumerGroup, subscription.Value),
        new(TagNames.Position, position),
        new(TagNames.Attempt, attempt),
        new(TagNames.Live, isLive),
    ];

    /// <summary>A link to each append; its events follow one another, and share one.</summary>
    private static List<ActivityLink> LinksOf(IReadOnlyList<RecordedEvent> events)
    {
        var links = new List<ActivityLink>(events.Count);
        foreach (var @event in events)
        {
            if (AppendOf(@event) is var append && append != default && (links.Count == 0 || links[^1].Context != append))
                links.Add(new(append));
        }

        return links;
    }

    private static ActivityContext AppendOf(RecordedEvent @event)
        => ActivityContext.TryParse(@event.Metadata.GetValueOrDefault(Tracing.TraceParent), null, isRemote: true, out var append)
            ? append
            : default;
}
