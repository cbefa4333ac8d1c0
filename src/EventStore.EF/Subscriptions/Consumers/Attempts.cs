using Microsoft.Extensions.Logging;

namespace EventStore.EF;

/// <summary>
/// How often an event is tried, after which delays, and what becomes of one that still fails: what <see cref="SubscriptionOptions.OnError"/>
/// says. Nothing is passed by that was not handled, parked or skipped.
/// </summary>
internal sealed partial class Attempts(SubscriptionDefinition subscription, SubscriptionParts parts)
{
    private readonly SubscriptionOptions _options = subscription.Options;
    private readonly SubscriptionName _name = subscription.Key.Name;
    private readonly ILogger _logger = parts.Logger;

    /// <summary>Has an event handled. False when it is parked or skipped by now.</summary>
    /// <param name="delivery">What it came with.</param>
    /// <param name="item">The event.</param>
    /// <param name="attempt">Tries once.</param>
    /// <param name="ct">The host stops.</param>
    public ValueTask<bool> HandleAsync(Delivery delivery, DeliveryItem item, Attempt attempt, CancellationToken ct)
    {
        if (delivery.Tenure.IsParked(item.Key))
            return ParkBehindAsync(delivery, item, ct);

        // Most are handled at once and without failure, and thousands of them a second: they pass through nothing asynchronous.
        var first = attempt(delivery, item, 1, ct);
        return first is { IsCompletedSuccessfully: true, Result: null } ? new(true) : FinishAsync(delivery, item, attempt, first, ct);
    }

    /// <summary>Has a parked event handled, once.</summary>
    /// <param name="delivery">What it came with.</param>
    /// <param name="row">Its row.</param>
    /// <param name="attempt">Tries once.</param>
    /// <param name="removesRow">Whether the row is removed with the attempt's own effects.</param>
    /// <param name="ct">The host stops.</param>
    public static async ValueTask ReplayAsync(Delivery delivery, ParkedRow row, Attempt attempt, bool removesRow, CancellationToken ct)
    {
        var item = delivery.Items[0];
        var failure = await attempt(delivery, item, row.Attempts + 1, ct).ConfigureAwait(false);
        delivery.Tenure.Replayed(row, failure is null ? null : Describe(failure), isRemoved: removesRow && failure is null);
    }

    private static async ValueTask<bool> ParkBehindAsync(Delivery delivery, DeliveryItem item, CancellationToken ct)
    {
        await delivery.Tenure.ParkAsync(delivery.Consumer, item, null, 0, ct).ConfigureAwait(false);
        return false;
    }

    private async ValueTask<bool> FinishAsync(Delivery delivery, DeliveryItem item, Attempt attempt, ValueTask<Exception?> first, CancellationToken ct)
    {
        if (await TryAsync(delivery, item, attempt, first, ct).ConfigureAwait(false) is not { } failure)
            return true;

        var (tenure, consumer) = (delivery.Tenure, delivery.Consumer);
        if (_options.OnError is SubscriptionErrorPolicy.Skip)
        {
            LogSkipped(_logger, _name, item.Event.EventType, item.Event.Position, item.Event.StreamName, item.Event.StreamVersion, _options.MaxAttempts, failure);
            parts.Meter.Skipped(_name);
            tenure.Dispatcher.Skip(consumer, item.Place);
        }
        else
        {
            LogParked(_logger, _name, item.Event.EventType, item.Event.Position, item.Key!, _options.MaxAttempts, failure);
            await tenure.ParkAsync(consumer, item, Describe(failure), _options.MaxAttempts, ct).ConfigureAwait(false);
        }

        return false;
    }

    /// <summary>Tries until it succeeds, or has failed as often as it may; returns the last exception then.</summary>
    private async ValueTask<Exception?> TryAsync(Delivery delivery, DeliveryItem item, Attempt attempt, ValueTask<Exception?> first, CancellationToken ct)
    {
        var tenure = delivery.Tenure;
        var trying = first;
        for (var number = 1; ; trying = attempt(delivery, item, ++number, ct))
        {
            if (await trying.ConfigureAwait(false) is not { } failure)
                return null;

            parts.Meter.Failed(_name);
            if (number >= _options.MaxAttempts)
            {
                if (_options.OnError is SubscriptionErrorPolicy.Skip || (_options.OnError is SubscriptionErrorPolicy.Park && item.Key is not null && tenure.Lease is not null))
                    return failure;

                await tenure.StopAsync(Describe(item, number, failure), item.Place, ct).ConfigureAwait(false);
                LogStopped(_logger, _name, item.Event.EventType, item.Event.Position, _options.MaxAttempts, failure);
                tenure.Closing.ThrowIfCancellationRequested();
            }

            var delay = Backoff.Delay(number, _options.RetryDelay, _options.MaxRetryDelay);
            LogHandlerFailed(_logger, _name, item.Event.EventType, item.Event.Position, item.Event.StreamName, item.Event.StreamVersion, number, _options.MaxAttempts, delay, failure);
            await tenure.ReportAsync(Describe(item, number, failure), item.Place, ct).ConfigureAwait(false);

            // When the subscription is lost, rewound or paused meanwhile, nobody waits for this event.
            using var ending = CancellationTokenSource.CreateLinkedTokenSource(ct, tenure.Over, tenure.Closing);
            await Task.Delay(delay, parts.Time, ending.Token).ConfigureAwait(false);
        }
    }

    private static string Describe(DeliveryItem item, int attempt, Exception failure)
        => $"Event {item.Event.Position} ('{item.Event.EventType}'), attempt {attempt}: {Describe(failure)}";

    private static string Describe(Exception failure) => $"{failure.GetType()}: {failure.Message}";

    [LoggerMessage(LogLevel.Error, "Subscription '{Name}' failed to handle event '{EventType}' at position {Position} (stream '{Stream}', version {Version}), attempt {Attempt} of {MaxAttempts}. The next attempt is in {Delay}; later events wait")]
    private static partial void LogHandlerFailed(
        ILogger logger, SubscriptionName name, string eventType, long position, StreamName stream, long version, int attempt, int maxAttempts, TimeSpan delay, Exception exception);

    [LoggerMessage(LogLevel.Error, "Subscription '{Name}' SKIPPED event '{EventType}' at position {Position} (stream '{Stream}', version {Version}), as its option OnError says, after {Attempts} attempts")]
    private static partial void LogSkipped(
        ILogger logger, SubscriptionName name, string eventType, long position, StreamName stream, long version, int attempts, Exception exception);

    [LoggerMessage(LogLevel.Error, "Subscription '{Name}' parks event '{EventType}' at position {Position} after {Attempts} attempts; later events of '{Key}' wait behind it until it is replayed or discarded, all others go on")]
    private static partial void LogParked(ILogger logger, SubscriptionName name, string eventType, long position, string key, int attempts, Exception exception);

    [LoggerMessage(LogLevel.Critical, "Subscription '{Name}' stops at event '{EventType}' at position {Position} after {Attempts} attempts. It is paused: mend what is wrong and resume it")]
    private static partial void LogStopped(ILogger logger, SubscriptionName name, string eventType, long position, int attempts, Exception exception);
}

/// <summary>Tries once to handle an event. Returns what was thrown.</summary>
internal delegate ValueTask<Exception?> Attempt(Delivery delivery, DeliveryItem item, int number, CancellationToken ct);
