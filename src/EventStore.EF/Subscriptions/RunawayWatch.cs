using Microsoft.Extensions.Logging;

namespace EventStore.EF;

/// <summary>
/// Warns of a handler without brake: one that appends events which come back to it, on and on. Each event that is appended while one is handled is
/// remembered for a while with the length of the chain that has led to it; only chains through one subscription count.
/// </summary>
internal sealed partial class RunawayWatch(TimeProvider time, ILogger<RunawayWatch> logger)
{
    /// <summary>A process manager that goes from step to step makes chains too, but short ones, or slow ones.</summary>
    private const int LongestChain = 100;

    private const int MostRemembered = 8192;

    private static readonly TimeSpan Window = TimeSpan.FromMinutes(1);

    private readonly Lock _lock = new();
    private readonly Dictionary<Guid, Link> _links = [];
    private readonly Queue<Guid> _oldest = new();
    private readonly Dictionary<SubscriptionName, long> _warnedAt = [];

    /// <summary>An event is about to be appended by whoever handles another one.</summary>
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

    [LoggerMessage(LogLevel.Warning, "The handler of subscription '{Name}' appends events that come back to it: {Count} in a chain within {Window}, the last one because of an event '{EventType}' of stream '{Stream}'. Have it stop, or leave out what it appends")]
    private static partial void LogRunaway(ILogger logger, SubscriptionName name, int count, TimeSpan window, string eventType, StreamName stream);

    /// <summary>What has led to an event.</summary>
    /// <param name="Subscription">Whose handler appended it.</param>
    /// <param name="Length">How many events of the chain it appended, this one included.</param>
    /// <param name="Since">When the chain began.</param>
    private readonly record struct Link(SubscriptionName Subscription, int Length, long Since);
}
