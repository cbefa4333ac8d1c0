using System.Runtime.CompilerServices;
using System.Threading.Channels;

namespace EventStore.EF;

/// <summary>Who takes a subscription's events: a handler of the host's, a projection, or somebody who reads batches.</summary>
/// <remarks>What waits here is bounded by the machine, which has no more than a buffer's size in flight at a consumer.</remarks>
internal sealed class Consumer
{
    private readonly Channel<Delivery> _deliveries = Channel.CreateUnbounded<Delivery>(new() { SingleWriter = false, SingleReader = false });

    /// <summary>What has been sent and not taken yet. Ends with the subscription; with its exception, if one ended it.</summary>
    public ChannelReader<Delivery> Deliveries => _deliveries.Reader;

    /// <summary>
    /// Takes what has been sent, and what came while the consumer was busy together: a projection that is behind writes it in one transaction.
    /// </summary>
    /// <param name="most">The most events taken together.</param>
    /// <param name="ct">Ends it.</param>
    public async IAsyncEnumerable<Delivery> ReadAsync(int most, [EnumeratorCancellation] CancellationToken ct)
    {
        // Looked at by taking it: a channel that is peeked into keeps what is taken out of it later, for as long as it lives.
        Delivery? next = null;
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

    public void Offer(Delivery delivery) => _deliveries.Writer.TryWrite(delivery);

    public void Complete(Exception? reason) => _deliveries.Writer.TryComplete(reason);

    private static bool IsJoined(Delivery first, List<DeliveryItem>? items, Delivery next, int most)
        => next.Tenure == first.Tenure && next.Replay is null && first.Replay is null && (items?.Count ?? first.Items.Count) + next.Items.Count <= most;
}
