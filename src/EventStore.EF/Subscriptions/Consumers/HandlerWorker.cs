using System.Diagnostics.CodeAnalysis;

namespace EventStore.EF;

/// <summary>Calls a subscriber's handlers with what is delivered, one event after the other, and acknowledges each that was handled.</summary>
[SuppressMessage("Design", "CA1001:Types that own disposable fields should be disposable", Justification = "The token that ends the work ends with the host")]
internal sealed class HandlerWorker(SubscriberHandler handler, SubscriptionDefinition subscription, SubscriptionParts parts) : IWorker
{
    private readonly SubscriptionName _name = subscription.Key.Name;
    private readonly Attempts _attempts = new(subscription, parts);
    private CancellationTokenSource? _ending;
    private CancellationToken _endingWith;

    public async Task WorkAsync(Delivery delivery, CancellationToken ct)
    {
        Attempt attempt = AttemptAsync;
        if (delivery.Replay is { } row)
        {
            await Attempts.ReplayAsync(delivery, row, attempt, removesRow: false, ct).ConfigureAwait(false);
            return;
        }

        foreach (var item in delivery.Items)
        {
            if (delivery.IsInterrupted || ct.IsCancellationRequested)
                return;

            if (!await _attempts.HandleAsync(delivery, item, attempt, ct).ConfigureAwait(false))
                continue;

            parts.Meter.Handled(_name, 1);
            delivery.Tenure.Acknowledge(delivery.Consumer, item.Place);
        }
    }

    /// <summary>Calls the handler once, while no other process can have the subscription.</summary>
    private async ValueTask<Exception?> AttemptAsync(Delivery delivery, DeliveryItem item, int number, CancellationToken ct)
    {
        var tenure = delivery.Tenure;
        while (true)
        {
            // A process that stood still (a debugger, a paused container) must not act as owner before it has looked again.
            await tenure.WaitUntilHeldAsync(ct).ConfigureAwait(false);
            var held = tenure.Held;
            try
            {
                await handler.HandleAsync(item.Event, number, Ending(held, ct)).ConfigureAwait(false);
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

    /// <summary>Cancelled with either; made once for a hold, because linking costs as much as a small handler.</summary>
    private CancellationToken Ending(CancellationToken held, CancellationToken ct)
    {
        if (_ending is null || _endingWith != held)
        {
            _ending?.Dispose();
            _ending = CancellationTokenSource.CreateLinkedTokenSource(held, ct);
            _endingWith = held;
        }

        return _ending.Token;
    }
}
