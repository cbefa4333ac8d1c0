using EventStore.EF.Errors;
using EventStore.EF.Subscriptions.Delivery;
using Microsoft.Extensions.Logging;

namespace EventStore.EF.Subscriptions.Processing;

/// <summary>Logs that an event failed, and what happens to it.</summary>
internal static partial class Failures
{
    public static void LogFailed(
        ILogger logger, SubscriptionName name, RecordedEvent @event, int attempt, int maxAttempts, TimeSpan delay, Exception failure)
        => LogFailed(
            logger, name, @event.EventType, @event.Position, @event.StreamName, @event.StreamVersion, attempt, maxAttempts, delay,
            ErrorText.Describe(failure), ErrorText.Loggable(failure));

    public static void LogSkipped(ILogger logger, SubscriptionName name, RecordedEvent @event, int attempts, Exception failure)
        => LogSkipped(
            logger, name, @event.EventType, @event.Position, @event.StreamName, @event.StreamVersion, attempts,
            ErrorText.Describe(failure), ErrorText.Loggable(failure));

    public static void LogParked(ILogger logger, SubscriptionName name, DeliveryItem item, int attempts, Exception failure)
        => LogParked(
            logger, name, item.Event.EventType, item.Event.Position, item.Key!, attempts,
            ErrorText.Describe(failure), ErrorText.Loggable(failure));

    public static void LogStopped(ILogger logger, SubscriptionName name, RecordedEvent @event, int attempts, Exception failure)
        => LogStopped(logger, name, @event.EventType, @event.Position, attempts, ErrorText.Describe(failure), ErrorText.Loggable(failure));

    [LoggerMessage(
        3501, LogLevel.Error,
        "Subscription '{Name}' failed to handle event '{EventType}' at position {Position} (stream '{Stream}', version {Version}), " +
        "attempt {Attempt} of {MaxAttempts}. The next attempt is in {Delay}; later events wait. {Error}")]
    private static partial void LogFailed(
        ILogger logger, SubscriptionName name, string eventType, long position, StreamName stream, long version, int attempt,
        int maxAttempts, TimeSpan delay, string error, Exception exception);

    [LoggerMessage(
        3502, LogLevel.Error,
        "Subscription '{Name}' SKIPPED event '{EventType}' at position {Position} (stream '{Stream}', version {Version}) " +
        "after {Attempts} attempts, because its option OnError is Skip. {Error}")]
    private static partial void LogSkipped(
        ILogger logger, SubscriptionName name, string eventType, long position, StreamName stream, long version, int attempts, string error,
        Exception exception);

    [LoggerMessage(
        3503, LogLevel.Error,
        "Subscription '{Name}' parks event '{EventType}' at position {Position} after {Attempts} attempts; later events of '{Key}' wait " +
        "behind it until it is replayed or discarded, all others continue. {Error}")]
    private static partial void LogParked(
        ILogger logger, SubscriptionName name, string eventType, long position, string key, int attempts, string error,
        Exception exception);

    [LoggerMessage(
        3504, LogLevel.Critical,
        "Subscription '{Name}' stops at event '{EventType}' at position {Position} after {Attempts} attempts, and is paused. " +
        "Fix the cause, then resume it. {Error}")]
    private static partial void LogStopped(
        ILogger logger, SubscriptionName name, string eventType, long position, int attempts, string error, Exception exception);
}
