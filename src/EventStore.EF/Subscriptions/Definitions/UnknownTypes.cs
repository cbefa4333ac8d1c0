using EventStore.EF.Telemetry;
using Microsoft.Extensions.Logging;

namespace EventStore.EF.Subscriptions.Definitions;

/// <summary>
/// Ensures that a handler class doesn't silently pass over stored names that no type in this build reads. Each name is read until it has
/// been seen once; after that the database leaves it out.
/// </summary>
/// <param name="name">The subscription.</param>
/// <param name="options">Its options.</param>
/// <param name="catalog">The event types that this build reads.</param>
/// <param name="foreign">The names of other applications.</param>
/// <param name="takesAll">Whether the class handles every event.</param>
/// <param name="meter">Counts the events.</param>
/// <param name="logger">Says what is passed over.</param>
internal sealed partial class UnknownTypes(
    SubscriptionName name, SubscriberOptions options, EventCatalog catalog, ForeignTypes foreign, bool takesAll, StoreMeter meter,
    ILogger logger)
{
    private readonly Lock _lock = new();

    /// <summary>Never modified, because it is read while it is replaced.</summary>
    private HashSet<string> _known = new(catalog.Names, StringComparer.Ordinal);

    /// <summary>
    /// Extends the filter by the events of names that are neither known nor seen yet. A filter by type defines for itself what it leaves
    /// out.
    /// </summary>
    public EventFilter Watch(EventFilter filter)
        => options.Filter.EventTypes is null ? filter.OrUnknown(Volatile.Read(ref _known)) : filter;

    /// <summary>Why an event with an unknown name is not passed over; <see langword="null"/> if it is, which is logged once.</summary>
    public string? Obstacle(RecordedEvent @event)
    {
        var type = @event.EventType;
        var isForeign = foreign.Contains(type);
        if (!isForeign && options.UnknownEvents is UnknownEventHandling.Stop)
            return "no registered type reads it, and SubscriberOptions.UnknownEvents is Stop";

        lock (_lock)
        {
            if (_known.Contains(type))
                return null;

            Volatile.Write(ref _known, new(_known, StringComparer.Ordinal) { type });
        }

        if (isForeign)
            return null;

        meter.Unknown(name, type);
        if (takesAll)
            LogMissed(logger, name, type, @event.Position);
        else
            LogPassed(logger, name, type, @event.Position);

        return null;
    }

    [LoggerMessage(
        3001, LogLevel.Information,
        "Subscription '{Name}' passes over events of type '{Type}', first at position {Position}: no registered type reads them. " +
        "If they belong to another application, declare them with ForeignEvents; if not, register their type")]
    private static partial void LogPassed(ILogger logger, SubscriptionName name, string type, long position);

    [LoggerMessage(
        3002, LogLevel.Warning,
        "Subscription '{Name}' handles every event but passes over those of type '{Type}', first at position {Position}: no registered " +
        "type reads them. Register their type, or declare them with ForeignEvents if they belong to another application")]
    private static partial void LogMissed(ILogger logger, SubscriptionName name, string type, long position);
}
