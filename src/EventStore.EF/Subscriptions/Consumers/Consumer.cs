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
        await foreach (var first in Deliveries.ReadAllAsync(ct).ConfigureAwait(false))
        {
            var delivery = first;
            List<DeliveryItem>? items = null;
            while (Deliveries.TryPeek(out var next) && next.Tenure == first.Tenure && next.Replay is null && first.Replay is null
                && (items ?? first.Items).Count + next.Items.Count <= most && Deliveries.TryRead(out next))
            {
                items ??= [.. first.Items];
                items.AddRange(next.Items);
                delivery = first with { Items = items };
            }

            yield return delivery;
        }
    }

    public void Offer(Delivery delivery) => _deliveries.Writer.TryWrite(delivery);

    public void Complete(Exception? reason) => _deliveries.Writer.TryComplete(reason);
}
