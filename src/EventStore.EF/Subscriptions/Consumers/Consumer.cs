using System.Threading.Channels;

namespace EventStore.EF;

/// <summary>Who takes a subscription's events: a handler of the host's, a projection, or somebody who reads batches.</summary>
/// <remarks>What waits here is bounded by the machine, which has no more than a buffer's size in flight at a consumer.</remarks>
internal sealed class Consumer
{
    private readonly Channel<Delivery> _deliveries = Channel.CreateUnbounded<Delivery>(new() { SingleWriter = false, SingleReader = false });

    /// <summary>What has been sent and not taken yet. Ends with the subscription; with its exception, if one ended it.</summary>
    public ChannelReader<Delivery> Deliveries => _deliveries.Reader;

    public void Offer(Delivery delivery) => _deliveries.Writer.TryWrite(delivery);

    public void Complete(Exception? reason) => _deliveries.Writer.TryComplete(reason);
}
