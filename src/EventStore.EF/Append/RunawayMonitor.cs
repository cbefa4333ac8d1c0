using Microsoft.Extensions.Logging;

namespace EventStore.EF.Append;

/// <summary>
/// Warns of a handler that keeps appending events that it handles itself. Each event appended during a handler call is remembered for a
/// while, with the length of the chain that led to it; only chains through one subscription count.
/// </summary>
internal sealed partial class RunawayMonitor(TimeProvider time, ILogger logger)
{
    /// <summary>Process managers also make chains from step to step, but short or slow ones.</summary>
    private const int LongestChain = 100;

    private const int MostRemembered = 8192;

    private static readonly TimeSpan Window = TimeSpan.FromMinutes(1);

    private readonly Lock _lock = new();
    private readonly Dictionary<Guid, Link> _links = [];
    private readonly Queue<Guid> _oldest = new();
    private readonly Dictionary<SubscriptionName, long> _warnedAt = [];

    /// <summary>Records that a handler is about to append an event.</summary>
    public void Appending(Guid eventId, EventContext by)
    {
        var now = time.GetTimestamp();
        lock (_lock)
        {
            var isChained = _links.TryGetValue(by.Event.EventId, out var before) && before.Subscription == by.Subscription
                && time.GetElapsedTime(before.Since, now) < Window;
            var link = isChained ? before with { Length = before.Length + 1 } : new(by.Subscription, 1, now);
            if (_links.TryAdd(eventId, link))
                _oldest.Enqueue(eventId);

            if (_oldest.Count > MostRemembered)
                _links.Remove(_oldest.Dequeue());

            if (link.Length < LongestChain || (_warnedAt.TryGetValue(by.Subscription, out var at) && time.GetElapsedTime(at, now) < Window))
                return;

            _warnedAt[by.Subscription] = now;
        }

        LogRunaway(logger, by.Subscription, LongestChain, Window, by.Event.EventType, by.StreamName);
    }

    [LoggerMessage(
        1001, LogLevel.Warning,
        "The handler of subscription '{Name}' keeps appending events that it handles itself: {Count} in one chain within {Window}, the " +
        "last one because of an event '{EventType}' of stream '{Stream}'. Make the handler stop, or exclude the events that it appends")]
    private static partial void LogRunaway(
        ILogger logger, SubscriptionName name, int count, TimeSpan window, string eventType, StreamName stream);

    /// <summary>The chain that led to an event.</summary>
    /// <param name="Subscription">The subscription whose handler appended it.</param>
    /// <param name="Length">How many events of the chain it appended, including this one.</param>
    /// <param name="Since">When the chain began.</param>
    private readonly record struct Link(SubscriptionName Subscription, int Length, long Since);
}
