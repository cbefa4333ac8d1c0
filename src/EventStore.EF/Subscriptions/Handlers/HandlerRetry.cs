using EventStore.EF.Errors;
using EventStore.EF.Subscriptions.Definitions;
using EventStore.EF.Subscriptions.Delivery;
using EventStore.EF.Subscriptions.Leases;
using EventStore.EF.Subscriptions.Processing;
using EventStore.EF.Threading;
using Microsoft.Extensions.Logging;

namespace EventStore.EF.Subscriptions.Handlers;

/// <summary>
/// Retries events with growing delays, and applies <see cref="SubscriptionOptions.OnError"/> to one that still fails. No event is passed
/// that was not handled, parked or skipped.
/// </summary>
internal sealed class HandlerRetry(SubscriptionDefinition subscription, SubscriptionServices services)
{
    private readonly SubscriptionOptions _options = subscription.Options;
    private readonly SubscriptionName _name = subscription.Key.Name;
    private readonly ILogger _logger = services.Logger;

    /// <summary>Handles an event. False if it is now parked or skipped.</summary>
    /// <param name="delivery">The delivery of the event.</param>
    /// <param name="item">The event.</param>
    /// <param name="attempt">Makes one attempt.</param>
    /// <param name="ct">Cancelled when the host stops.</param>
    public ValueTask<bool> HandleAsync(ConsumerDelivery delivery, DeliveryItem item, Attempt attempt, CancellationToken ct)
    {
        if (delivery.Processor.IsParked(item.Key))
            return ParkBehindAsync(delivery, item, ct);

        if (item.Failure is { } failure)
            return RefuseAsync(delivery, item, failure, ct);

        if (delivery.Processor.Suspects is { } suspects && suspects.EndsOf(item.Place) is var ends && ends >= _options.MaxAttempts)
            return RefuseSuspectAsync(delivery, item, suspects, ends, ct);

        // Most events are handled synchronously and without failure, thousands a second: for them nothing here is asynchronous.
        var first = attempt(delivery, item, 1, ct);
        return first is { IsCompletedSuccessfully: true, Result: null } ? new(true) : FinishAsync(delivery, item, attempt, first, ct);
    }

    /// <summary>Handles a parked event, once.</summary>
    /// <param name="delivery">The delivery of the event.</param>
    /// <param name="row">Its row.</param>
    /// <param name="attempt">Makes one attempt.</param>
    /// <param name="ct">Cancelled when the host stops.</param>
    public async ValueTask ReplayAsync(ConsumerDelivery delivery, ParkedRow row, Attempt attempt, CancellationToken ct)
    {
        var item = delivery.Items[0];
        if (delivery.Processor.Suspects is { } suspects && suspects.EndsOf(item.Place) is var ends && ends >= _options.MaxAttempts)
        {
            await suspects.ForgetAsync(item.Place).ConfigureAwait(false);
            delivery.Processor.Replayed(row, ErrorText.Describe(new ProcessEndedException(item.Event, ends)));
            return;
        }

        var failure = await attempt(delivery, item, row.Attempts + 1, ct).ConfigureAwait(false);
        delivery.Processor.Replayed(row, failure is null ? null : ErrorText.Describe(failure));
    }

    private static async ValueTask<bool> ParkBehindAsync(ConsumerDelivery delivery, DeliveryItem item, CancellationToken ct)
    {
        await delivery.Processor.ParkAsync(delivery.Consumer, item, null, 0, ct).ConfigureAwait(false);
        return false;
    }

    private async ValueTask<bool> FinishAsync(
        ConsumerDelivery delivery, DeliveryItem item, Attempt attempt, ValueTask<Exception?> first, CancellationToken ct)
    {
        if (await TryAsync(delivery, item, attempt, first, ct).ConfigureAwait(false) is not { } failure)
            return true;

        await GiveUpAsync(delivery, item, failure, ct).ConfigureAwait(false);
        return false;
    }

    private async ValueTask<bool> RefuseAsync(ConsumerDelivery delivery, DeliveryItem item, Exception failure, CancellationToken ct)
    {
        await GiveUpAsync(delivery, item, failure, ct).ConfigureAwait(false);
        return false;
    }

    /// <summary>Refuses an event that has ended the process as often as allowed: it is not handled again.</summary>
    private async ValueTask<bool> RefuseSuspectAsync(
        ConsumerDelivery delivery, DeliveryItem item, Suspects suspects, int ends, CancellationToken ct)
    {
        try
        {
            return await RefuseAsync(delivery, item, new ProcessEndedException(item.Event, ends), ct).ConfigureAwait(false);
        }
        finally
        {
            // When it is resumed or replayed, it is handled again and counted from zero.
            await suspects.ForgetAsync(item.Place).ConfigureAwait(false);
        }
    }

    /// <summary>
    /// Applies the policy to an event that has failed as often as allowed. Without a partition key, parking means stopping.
    /// </summary>
    /// <exception cref="OperationCanceledException">The subscription has stopped.</exception>
    private async ValueTask GiveUpAsync(ConsumerDelivery delivery, DeliveryItem item, Exception failure, CancellationToken ct)
    {
        var (processor, consumer) = (delivery.Processor, delivery.Consumer);
        var (error, attempts) = (ErrorText.Describe(failure), _options.MaxAttempts);
        if (_options.OnError is SubscriptionErrorPolicy.Skip)
        {
            Failures.LogSkipped(_logger, _name, item.Event, attempts, failure);
            services.Meter.Skipped(_name);
            processor.Dispatcher.Skip(consumer, item.Place);
        }
        else if (_options.OnError is SubscriptionErrorPolicy.Park && item.Key is not null && processor.Lease is not null)
        {
            Failures.LogParked(_logger, _name, item, attempts, failure);
            try
            {
                await processor.ParkAsync(consumer, item, error, attempts, ct).ConfigureAwait(false);
            }
            catch (ParkingRefusedException refusal)
            {
                await StopAsync(processor, item, refusal, attempts, ct).ConfigureAwait(false);
            }
        }
        else
        {
            await StopAsync(processor, item, failure, attempts, ct).ConfigureAwait(false);
        }
    }

    private async ValueTask StopAsync(
        PartitionProcessor processor, DeliveryItem item, Exception failure, int attempts, CancellationToken ct)
    {
        // Starts nothing more and logs that before it is recorded, which may take as long as the database is unavailable.
        if (Safeguards.AcknowledgementFence)
            processor.Dispatcher.BeginClosing();

        Failures.LogStopped(_logger, _name, item.Event, attempts, failure);
        await processor.StopAsync(Describe(item, attempts, failure), item.Place, ct).ConfigureAwait(false);
        processor.Closing.ThrowIfCancellationRequested();
    }

    /// <summary>Tries until it succeeds or has failed as often as allowed; then returns the last exception.</summary>
    private async ValueTask<Exception?> TryAsync(
        ConsumerDelivery delivery, DeliveryItem item, Attempt attempt, ValueTask<Exception?> first, CancellationToken ct)
    {
        var processor = delivery.Processor;
        var trying = first;
        for (var number = 1; ; trying = attempt(delivery, item, ++number, ct))
        {
            if (await trying.ConfigureAwait(false) is not { } failure)
                return null;

            services.Meter.Failed(_name);
            if (number >= _options.MaxAttempts)
                return failure;

            var delay = Backoff.Delay(number, _options.RetryDelay, _options.MaxRetryDelay);
            Failures.LogFailed(_logger, _name, item.Event, number, _options.MaxAttempts, delay, failure);
            await processor.ReportAsync(Describe(item, number, failure), item.Place, ct).ConfigureAwait(false);

            // If the subscription is lost, rewound or paused during the delay, the delay ends.
            using var ending = CancellationTokenSource.CreateLinkedTokenSource(ct, processor.Over, processor.Closing);
            await Task.Delay(delay, services.Time, ending.Token).ConfigureAwait(false);
        }
    }

    private static string Describe(DeliveryItem item, int attempt, Exception failure)
        => $"Event {item.Event.Position} ('{item.Event.EventType}'), attempt {attempt}: {ErrorText.Describe(failure)}";
}

/// <summary>Makes one attempt to handle an event. Returns the exception, if any.</summary>
internal delegate ValueTask<Exception?> Attempt(ConsumerDelivery delivery, DeliveryItem item, int number, CancellationToken ct);
