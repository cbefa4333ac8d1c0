using System.Diagnostics.CodeAnalysis;
using EventStore.EF.Subscriptions.Definitions;
using EventStore.EF.Subscriptions.Delivery;
using EventStore.EF.Subscriptions.Processing;

namespace EventStore.EF.Subscriptions.Handlers;

/// <summary>
/// Calls a subscriber's handlers with the delivered events, one after the other, and acknowledges what was handled: each event, but those
/// of the same millisecond together.
/// </summary>
[SuppressMessage(
    "Design", "CA1001:Types that own disposable fields should be disposable",
    Justification = "The token that ends the work ends with the host")]
internal sealed class HandlerWorker(SubscriberHandler handler, SubscriptionDefinition subscription, SubscriptionServices services) : IWorker
{
    /// <summary>
    /// The time for which an acknowledgement may be delayed so that several are sent together; it is never delayed by an event that takes
    /// long.
    /// </summary>
    private static readonly TimeSpan Together = TimeSpan.FromMilliseconds(1);

    private readonly SubscriptionName _name = subscription.Key.Name;
    private readonly HandlerRetry _attempts = new(subscription, services);
    private CancellationTokenSource? _ending;
    private CancellationToken _endingWith;

    public async Task WorkAsync(ConsumerDelivery delivery, CancellationToken ct)
    {
        Attempt attempt = AttemptAsync;
        if (delivery.Replay is { } row)
        {
            await _attempts.ReplayAsync(delivery, row, attempt, ct).ConfigureAwait(false);
            return;
        }

        var handled = new Handled(0, 0, services.Time.GetTimestamp());
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
                if (!isAtOnce || services.Time.GetElapsedTime(handled.Since) > Together)
                    handled = Acknowledge(delivery, handled);
            }
        }
        finally
        {
            Acknowledge(delivery, handled);
        }
    }

    private Handled Acknowledge(ConsumerDelivery delivery, Handled handled)
    {
        if (handled.Count > 0)
        {
            services.Meter.Handled(_name, handled.Count);
            delivery.Processor.Dispatcher.Acknowledge(delivery.Consumer, handled.Last);
        }

        return new(0, 0, services.Time.GetTimestamp());
    }

    /// <summary>Calls the handler once, while no other process can own the subscription.</summary>
    private async ValueTask<Exception?> AttemptAsync(ConsumerDelivery delivery, DeliveryItem item, int number, CancellationToken ct)
    {
        var processor = delivery.Processor;
        for (var faults = 0; ;)
        {
            // A process that was paused (a debugger, a frozen container) must not act as owner before it has checked.
            await processor.WaitUntilHeldAsync(ct).ConfigureAwait(false);
            var held = processor.Held;
            try
            {
                if (processor.Suspects is { IsActive: true } suspects)
                {
                    await RunSuspectAsync(suspects, item, number, Ending(held, ct), ct).ConfigureAwait(false);
                }
                else
                {
                    if (!services.Gate.TryEnter())
                        await services.Gate.EnterAsync(ct).ConfigureAwait(false);

                    try
                    {
                        await handler.HandleAsync(item, number, Ending(held, ct)).ConfigureAwait(false);
                    }
                    finally
                    {
                        services.Gate.Exit();
                    }
                }

                return null;
            }
            catch (OperationCanceledException) when (held.IsCancellationRequested && !ct.IsCancellationRequested)
            {
                // Interrupted because another process may have taken over: not an attempt.
            }
            catch (ProcessFaultException fault) when (!ct.IsCancellationRequested)
            {
                await processor.WaitOutFaultAsync(fault, item.Place, ++faults, ct).ConfigureAwait(false);
            }
            catch (Exception exception) when (!ct.IsCancellationRequested)
            {
                return exception;
            }
        }
    }

    /// <summary>Separate from the attempt, which would otherwise allocate the closure for every event.</summary>
    private ValueTask RunSuspectAsync(Suspects suspects, DeliveryItem item, int number, CancellationToken ending, CancellationToken ct)
        => suspects.RunAsync(item.Place, item.Place, 1, () => handler.HandleAsync(item, number, ending), ct);

    /// <summary>Cancelled with either token; created once per lease, because linking costs as much as a small handler.</summary>
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

    /// <summary>The events that are handled but not acknowledged.</summary>
    /// <param name="Count">How many events.</param>
    /// <param name="Last">The position of the last one.</param>
    /// <param name="Since">The timestamp of the last acknowledgement.</param>
    private readonly record struct Handled(int Count, long Last, long Since);
}
