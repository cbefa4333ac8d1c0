using EventStore.EF.Subscriptions.Delivery;
using EventStore.EF.Subscriptions.Leases;

namespace EventStore.EF.Subscriptions.Processing;

/// <summary>Events on their way to a consumer.</summary>
/// <param name="Processor">The processor that sent them and takes the acknowledgement.</param>
/// <param name="Consumer">The consumer they were sent to.</param>
/// <param name="Items">At least one, in order.</param>
/// <param name="Replay">The parked row of the single item; <see langword="null"/> if it was never parked.</param>
internal sealed record ConsumerDelivery(
    PartitionProcessor Processor, Consumer Consumer, IReadOnlyList<DeliveryItem> Items, ParkedRow? Replay = null)
{
    /// <summary>Whether no more of its events should be started: they are delivered again later, here or in another process.</summary>
    public bool IsInterrupted => Processor.Over.IsCancellationRequested || Processor.Closing.IsCancellationRequested;
}
