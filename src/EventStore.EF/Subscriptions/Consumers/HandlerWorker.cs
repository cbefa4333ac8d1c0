using System.Diagnostics.CodeAnalysis;

namespace EventStore.EF;

/// <summary>
/// Calls a subscriber's handlers with what is delivered, one event after the other, and acknowledges what was handled: each event, but those of
/// the same millisecond together.
/// </summary>
[SuppressMessage("Design", "CA1001:Types that own disposable fields should be disposable", Justification = "The token that ends the work ends with the host")]
internal sealed class HandlerWorker(SubscriberHandler handler, SubscriptionDefinition subscription, SubscriptionParts parts) : IWorker
{
    /// <summary>For so long a handled event may wait for the next ones, to be acknowledged with them; never for one that takes its time.</summary>
    private static readonly TimeSpan Together = TimeSpan.FromMilliseconds(1);

    private readonly SubscriptionName _name = subscription.Key.Name;
    private readonly Attempts _attempts = new(subscription, parts);
    private CancellationTokenSource? _ending;
    private CancellationToken _endingWith;

    public async Task WorkAsync(Delivery delivery, CancellationToken ct)
    {
        Attempt attempt = AttemptAsync;
        if (delivery.Replay is { } row)
        {
            await _attempts.ReplayAsync(delivery, row, attempt, removesRow: false, ct).ConfigureAwait(false);
            return;
        }

        var handled = new Handled(0, 0, parts.Time.GetTimestamp());
        try
        {
            foreach (var item in delivery.Items)
            {
                if (delivery.IsInterrupted || ct.IsCancellationRequested)
                    return;

                var handling = _attempts.HandleAsync(delivery, item, attempt, ct);
                var isAtOnce = handling.IsCompletedSuccessfully;
                if (!isAtOnce)
                    handled = Acknowledge(delivery, handled);

                if (!await handling.ConfigureAwait(false))
                    continue;

                handled = handled with { Count = handled.Count + 1, Last = item.Place };
                if (!isAtOnce || parts.Time.GetElapsedTime(handled.Since) > Together)
                    handled = Acknowledge(delivery, handled);
            }
        }
        finally
        {
            Acknowledge(delivery, handled);
        }
    }

    private Handled Acknowledge(Delivery delivery, Handled handled)
    {
        if (handled.Count > 0)
        {
            parts.Meter.Handled(_name, handled.Count);
            delivery.Tenure.Dispatcher.Acknowledge(delivery.Consumer, handled.Last);
        }

        return new(0, 0, parts.Time.GetTimestamp());
    }

    /// <summary>Calls the handler once, while no other process can have the subscription.</summary>
    private async ValueTask<Exception?> AttemptAsync(Delivery delivery, DeliveryItem item, int number, CancellationToken ct)
    {
        var tenure = delivery.Tenure;
        for (var faults = 0; ;)
        {
            // A process that stood still (a debugger, a paused container) must not act as owner before it has looked again.
            await tenure.WaitUntilHeldAsync(ct).ConfigureAwait(false);
            var held = tenure.Held;
            try
            {
                if (tenure.Suspects is { IsActive: true } suspects)
                {
                    await RunAloneAsync(suspects, item, number, Ending(held, ct), ct).ConfigureAwait(false);
                }
                else
                {
                    if (!parts.Gate.TryEnter())
                        await parts.Gate.EnterAsync(ct).ConfigureAwait(false);

                    try
                    {
                        await handler.HandleAsync(item, number, Ending(held, ct)).ConfigureAwait(false);
                    }
                    finally
                    {
                        parts.Gate.Exit();
                    }
                }

                return null;
            }
            catch (OperationCanceledException) when (held.IsCancellationRequested && !ct.IsCancellationRequested)
            {
                // Interrupted because another process may have taken over: no attempt.
            }
            catch (ProcessFaultException fault) when (!ct.IsCancellationRequested)
            {
                await tenure.WaitOutFaultAsync(fault, item.Place, ++faults, ct).ConfigureAwait(false);
            }
            catch (Exception exception) when (!ct.IsCancellationRequested)
            {
                return exception;
            }
        }
    }

    /// <summary>Apart from the attempt, which would pay for what is captured here with each event.</summary>
    private ValueTask RunAloneAsync(Suspects suspects, DeliveryItem item, int number, CancellationToken ending, CancellationToken ct)
        => suspects.RunAsync(item.Place, () => handler.HandleAsync(item, number, ending), ct);

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

    /// <summary>What is handled and not acknowledged.</summary>
    /// <param name="Count">How many events.</param>
    /// <param name="Last">The place of the last.</param>
    /// <param name="Since">The timestamp of the last acknowledgement.</param>
    private readonly record struct Handled(int Count, long Last, long Since);
}
