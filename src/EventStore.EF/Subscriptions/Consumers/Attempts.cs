using Microsoft.Extensions.Logging;

namespace EventStore.EF;

/// <summary>
/// How often an event is tried, after which delays, and what becomes of one that still fails: what <see cref="SubscriptionOptions.OnError"/>
/// says. Nothing is passed by that was not handled, parked or skipped.
/// </summary>
internal sealed class Attempts(SubscriptionDefinition subscription, SubscriptionParts parts)
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

        if (item.Failure is { } failure)
            return RefuseAsync(delivery, item, failure, ct);

        if (delivery.Tenure.Suspects is { } suspects && suspects.EndsOf(item.Place) is var ends && ends >= _options.MaxAttempts)
            return RefuseSuspectAsync(delivery, item, suspects, ends, ct);

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
    public async ValueTask ReplayAsync(Delivery delivery, ParkedRow row, Attempt attempt, bool removesRow, CancellationToken ct)
    {
        var item = delivery.Items[0];
        if (delivery.Tenure.Suspects is { } suspects && suspects.EndsOf(item.Place) is var ends && ends >= _options.MaxAttempts)
        {
            await suspects.ForgetAsync(item.Place).ConfigureAwait(false);
            delivery.Tenure.Replayed(row, ErrorText.Describe(new ProcessEndedException(item.Event, ends)));
            return;
        }

        var failure = await attempt(delivery, item, row.Attempts + 1, ct).ConfigureAwait(false);
        delivery.Tenure.Replayed(row, failure is null ? null : ErrorText.Describe(failure), isRemoved: removesRow && failure is null);
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

        await GiveUpAsync(delivery, item, failure, ct).ConfigureAwait(false);
        return false;
    }

    private async ValueTask<bool> RefuseAsync(Delivery delivery, DeliveryItem item, Exception failure, CancellationToken ct)
    {
        await GiveUpAsync(delivery, item, failure, ct).ConfigureAwait(false);
        return false;
    }

    /// <summary>The event has ended the process as often as it may: it is not handled again.</summary>
    private async ValueTask<bool> RefuseSuspectAsync(Delivery delivery, DeliveryItem item, Suspects suspects, int ends, CancellationToken ct)
    {
        try
        {
            return await RefuseAsync(delivery, item, new ProcessEndedException(item.Event, ends), ct).ConfigureAwait(false);
        }
        finally
        {
            // Whoever resumes or replays it has it handled, and counted, from the beginning.
            await suspects.ForgetAsync(item.Place).ConfigureAwait(false);
        }
    }

    /// <summary>Does what the policy says with an event that failed as often as it may. Where nothing partitions, to park is to stop.</summary>
    /// <exception cref="OperationCanceledException">The subscription has stopped.</exception>
    private async ValueTask GiveUpAsync(Delivery delivery, DeliveryItem item, Exception failure, CancellationToken ct)
    {
        var (tenure, consumer, error, attempts) = (delivery.Tenure, delivery.Consumer, ErrorText.Describe(failure), _options.MaxAttempts);
        if (_options.OnError is SubscriptionErrorPolicy.Skip)
        {
            Failures.LogSkipped(_logger, _name, item.Event, attempts, failure);
            parts.Meter.Skipped(_name);
            tenure.Dispatcher.Skip(consumer, item.Place);
        }
        else if (_options.OnError is SubscriptionErrorPolicy.Park && item.Key is not null && tenure.Lease is not null)
        {
            Failures.LogParked(_logger, _name, item, attempts, failure);
            try
            {
                await tenure.ParkAsync(consumer, item, error, attempts, ct).ConfigureAwait(false);
            }
            catch (ParkingRefusedException refusal)
            {
                await StopAsync(tenure, item, refusal, attempts, ct).ConfigureAwait(false);
            }
        }
        else
        {
            await StopAsync(tenure, item, failure, attempts, ct).ConfigureAwait(false);
        }
    }

    private async ValueTask StopAsync(Tenure tenure, DeliveryItem item, Exception failure, int attempts, CancellationToken ct)
    {
        // Nothing more is begun, and that is told, before it is recorded: that may take as long as the database is away.
        if (Safeguards.AcknowledgementFence)
            tenure.Dispatcher.BeginClosing();

        Failures.LogStopped(_logger, _name, item.Event, attempts, failure);
        await tenure.StopAsync(Describe(item, attempts, failure), item.Place, ct).ConfigureAwait(false);
        tenure.Closing.ThrowIfCancellationRequested();
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
                return failure;

            var delay = Backoff.Delay(number, _options.RetryDelay, _options.MaxRetryDelay);
            Failures.LogFailed(_logger, _name, item.Event, number, _options.MaxAttempts, delay, failure);
            await tenure.ReportAsync(Describe(item, number, failure), item.Place, ct).ConfigureAwait(false);

            // When the subscription is lost, rewound or paused meanwhile, nobody waits for this event.
            using var ending = CancellationTokenSource.CreateLinkedTokenSource(ct, tenure.Over, tenure.Closing);
            await Task.Delay(delay, parts.Time, ending.Token).ConfigureAwait(false);
        }
    }

    private static string Describe(DeliveryItem item, int attempt, Exception failure)
        => $"Event {item.Event.Position} ('{item.Event.EventType}'), attempt {attempt}: {ErrorText.Describe(failure)}";
}

/// <summary>Tries once to handle an event. Returns what was thrown.</summary>
internal delegate ValueTask<Exception?> Attempt(Delivery delivery, DeliveryItem item, int number, CancellationToken ct);
