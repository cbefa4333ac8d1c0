using System.Collections.Immutable;
using Microsoft.Extensions.Logging;

namespace EventStore.EF.Append;

/// <summary>
/// Warns of handlers that keep appending events which come back to them, also by way of other subscriptions. Each event appended during a
/// handler call is remembered for a while, with what was handled on the way to it. Only this process's handlers are seen.
/// </summary>
internal sealed partial class RunawayMonitor(TimeProvider time, ILogger logger)
{
    /// <summary>So many events of one origin, each of them appended because of a type that came back.</summary>
    private const int MostReturns = 100;

    /// <summary>
    /// How often a subscription handles a type on the way to one event before that counts as coming back. The steps of a process have
    /// different types, or few of the same.
    /// </summary>
    private const int FewReturns = 5;

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
        var handled = (by.Subscription, by.Event.EventType);
        lock (_lock)
        {
            if (!_links.TryGetValue(by.Event.EventId, out var before) || time.GetElapsedTime(before.Origin.Since, now) >= Window)
                before = new(new(now), ImmutableDictionary<(SubscriptionName, string), int>.Empty);

            var times = before.Handled.GetValueOrDefault(handled) + 1;
            if (_links.TryAdd(eventId, before with { Handled = before.Handled.SetItem(handled, times) }))
                _oldest.Enqueue(eventId);

            if (_oldest.Count > MostRemembered)
                _links.Remove(_oldest.Dequeue());

            if (times < FewReturns || ++before.Origin.Returns < MostReturns
                || (_warnedAt.TryGetValue(by.Subscription, out var at) && time.GetElapsedTime(at, now) < Window))
            {
                return;
            }

            _warnedAt[by.Subscription] = now;
        }

        LogRunaway(logger, by.Subscription, MostReturns, Window, by.Event.EventType, by.StreamName);
    }

    [LoggerMessage(
        1001, LogLevel.Warning,
        "The handler of subscription '{Name}' keeps appending events that come back to it, perhaps by way of other subscriptions: " +
        "{Count} of one origin within {Window}, the last one because of an event '{EventType}' of stream '{Stream}'. Make the handler " +
        "stop, or exclude the events that it appends")]
    private static partial void LogRunaway(
        ILogger logger, SubscriptionName name, int count, TimeSpan window, string eventType, StreamName stream);

    /// <summary>The way to an event.</summary>
    /// <param name="Origin">What it began with.</param>
    /// <param name="Handled">How often each subscription has handled each type on the way.</param>
    private readonly record struct Link(Origin Origin, ImmutableDictionary<(SubscriptionName, string), int> Handled);

    /// <summary>An event that no handler appended, or none that is remembered.</summary>
    private sealed class Origin(long since)
    {
        /// <summary>When it was first handled.</summary>
        public long Since { get; } = since;

        /// <summary>How many events were appended because of a type that came back.</summary>
        public int Returns { get; set; }
    }
}
