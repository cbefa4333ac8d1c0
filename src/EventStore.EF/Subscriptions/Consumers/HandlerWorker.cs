using Microsoft.Extensions.Logging;

namespace EventStore.EF;

/// <summary>
/// Calls a subscriber's handlers with what is delivered, one event after the other: again with growing delays when they throw, and after
/// the last attempt as <see cref="SubscriptionOptions.OnError"/> says. Nothing is acknowledged that was not handled, parked or skipped.
/// </summary>
internal sealed partial class HandlerWorker(SubscriberHandler handler, SubscriptionDefinition subscription, SubscriptionParts parts) : IWorker
{
    private readonly SubscriptionOptions _options = subscription.Options;
    private readonly SubscriptionName _name = subscription.Key.Name;
    private readonly ILogger _logger = parts.Logger;

    public async Task WorkAsync(Delivery delivery, CancellationToken ct)
    {
        foreach (var item in delivery.Items)
        {
            if (delivery.Tenure.Over.IsCancellationRequested)
                return;

            if (delivery.Replay is { } row)
                await ReplayAsync(delivery, item, row, ct).ConfigureAwait(false);
            else
                await HandleAsync(delivery, item, ct).ConfigureAwait(false);
        }
    }

    private async ValueTask HandleAsync(Delivery delivery, DeliveryItem item, CancellationToken ct)
    {
        var (tenure, consumer) = (delivery.Tenure, delivery.Consumer);
        if (tenure.IsParked(item.Key))
        {
            await tenure.ParkAsync(consumer, item, null, 0, ct).ConfigureAwait(false);
            return;
        }

        if (await TryAsync(tenure, item, ct).ConfigureAwait(false) is not { } failure)
        {
            Telemetry.Handled(_name, 1);
            tenure.Acknowledge(consumer, item.Place);
        }
        else if (_options.OnError is SubscriptionErrorPolicy.Skip)
        {
            LogSkipped(_logger, _name, item.Event.EventType, item.Event.Position, item.Event.StreamName, item.Event.StreamVersion, _options.MaxAttempts, failure);
            Telemetry.Skipped(_name);
            tenure.Skip(consumer, item.Place);
        }
        else
        {
            LogParked(_logger, _name, item.Event.EventType, item.Event.Position, item.Key!, _options.MaxAttempts, failure);
            await tenure.ParkAsync(consumer, item, Describe(failure), _options.MaxAttempts, ct).ConfigureAwait(false);
        }
    }

    private async Task ReplayAsync(Delivery delivery, DeliveryItem item, ParkedRow row, CancellationToken ct)
    {
        var failure = await AttemptAsync(delivery.Tenure, item, row.Attempts + 1, ct).ConfigureAwait(false);
        if (failure is not null)
            LogReplayFailed(_logger, _name, item.Event.Position, item.Key!, failure);

        delivery.Tenure.Replayed(row, failure is null ? null : Describe(failure));
    }

    /// <summary>Calls the handler until it succeeds, or has failed as often as it may; returns its last exception then.</summary>
    private async ValueTask<Exception?> TryAsync(Tenure tenure, DeliveryItem item, CancellationToken ct)
    {
        for (var attempt = 1; ; attempt++)
        {
            if (await AttemptAsync(tenure, item, attempt, ct).ConfigureAwait(false) is not { } failure)
                return null;

            Telemetry.Failed(_name);
            if (attempt >= _options.MaxAttempts)
            {
                if (_options.OnError is SubscriptionErrorPolicy.Skip || (_options.OnError is SubscriptionErrorPolicy.Park && item.Key is not null && tenure.Lease is not null))
                    return failure;

                LogStopped(_logger, _name, item.Event.EventType, item.Event.Position, _options.MaxAttempts, failure);
                await tenure.StopAsync(Describe(item, attempt, failure), ct).ConfigureAwait(false);
                await Task.Delay(Timeout.InfiniteTimeSpan, parts.Time, tenure.Over).ConfigureAwait(false);
            }

            var delay = Backoff.Delay(attempt, _options.RetryDelay, _options.MaxRetryDelay);
            LogHandlerFailed(_logger, _name, item.Event.EventType, item.Event.Position, item.Event.StreamName, item.Event.StreamVersion, attempt, _options.MaxAttempts, delay, failure);
            await tenure.ReportAsync(Describe(item, attempt, failure), ct).ConfigureAwait(false);
            await Task.Delay(delay, parts.Time, ct).ConfigureAwait(false);
        }
    }

    /// <summary>Calls the handler once, while no other process can have the subscription. Returns what it threw.</summary>
    private async ValueTask<Exception?> AttemptAsync(Tenure tenure, DeliveryItem item, int attempt, CancellationToken ct)
    {
        while (true)
        {
            // A process that stood still (a debugger, a paused container) must not act as owner before it has looked again.
            await tenure.WaitUntilHeldAsync(ct).ConfigureAwait(false);
            var held = tenure.Held;
            try
            {
                await handler.HandleAsync(item.Event, attempt, held, ct).ConfigureAwait(false);
                return null;
            }
            catch (OperationCanceledException) when (held.IsCancellationRequested && !ct.IsCancellationRequested)
            {
                // Interrupted because another process may have taken over: no attempt.
            }
            catch (Exception exception) when (!ct.IsCancellationRequested)
            {
                return exception;
            }
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

    [LoggerMessage(LogLevel.Error, "Subscription '{Name}' failed again on the parked event at position {Position} of '{Key}'; it stays parked")]
    private static partial void LogReplayFailed(ILogger logger, SubscriptionName name, long position, string key, Exception exception);

    [LoggerMessage(LogLevel.Critical, "Subscription '{Name}' stops at event '{EventType}' at position {Position} after {Attempts} attempts. It is paused: mend what is wrong and resume it")]
    private static partial void LogStopped(ILogger logger, SubscriptionName name, string eventType, long position, int attempts, Exception exception);
}
