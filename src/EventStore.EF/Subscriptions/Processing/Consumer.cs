using System.Runtime.CompilerServices;
using System.Threading.Channels;
using EventStore.EF.Subscriptions.Delivery;

namespace EventStore.EF.Subscriptions.Processing;

/// <summary>Receives a subscription's events: a handler of the host, a projection, or a reader of batches.</summary>
/// <remarks>The machine bounds what waits here: it has at most a buffer's size in flight at a consumer.</remarks>
internal sealed class Consumer
{
    private readonly Channel<ConsumerDelivery> _deliveries = Channel.CreateUnbounded<ConsumerDelivery>(
        new() { SingleWriter = false, SingleReader = false });

    /// <summary>
    /// The deliveries that were sent and not taken yet. Ends with the subscription, and with the exception that ended it, if any.
    /// </summary>
    public ChannelReader<ConsumerDelivery> Deliveries => _deliveries.Reader;

    /// <summary>
    /// Reads deliveries, joining those that arrived while the consumer was busy: a projection that is behind writes them in one
    /// transaction.
    /// </summary>
    /// <param name="most">The most events taken together.</param>
    /// <param name="ct">Ends it.</param>
    public async IAsyncEnumerable<ConsumerDelivery> ReadAsync(int most, [EnumeratorCancellation] CancellationToken ct)
    {
        // Deliveries are taken instead of peeked at: a channel that was peeked into keeps items that are taken out later, for as long as it
        // lives.
        ConsumerDelivery? next = null;
        while (next is not null || await Deliveries.WaitToReadAsync(ct).ConfigureAwait(false))
        {
            var (delivery, items) = (next, (List<DeliveryItem>?)null);
            while (Deliveries.TryRead(out next))
            {
                if (delivery is not null && !IsJoined(delivery, items, next, most))
                    break;

                if (delivery is null)
                    delivery = next;
                else
                    (items ??= [.. delivery.Items]).AddRange(next.Items);
            }

            if (delivery is not null)
                yield return items is null ? delivery : delivery with { Items = items };
        }
    }

    public void Offer(ConsumerDelivery delivery) => _deliveries.Writer.TryWrite(delivery);

    public void Complete(Exception? reason) => _deliveries.Writer.TryComplete(reason);

    private static bool IsJoined(ConsumerDelivery first, List<DeliveryItem>? items, ConsumerDelivery next, int most)
        => next.Processor == first.Processor && next.Replay is null && first.Replay is null
            && (items?.Count ?? first.Items.Count) + next.Items.Count <= most;
}
