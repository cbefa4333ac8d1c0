using EventStore.EF.Subscriptions.Delivery;

namespace EventStore.EF.Tests.Subscriptions.Delivery;

/// <summary>The settings of one run of the <see cref="DeliveryModel"/>.</summary>
/// <param name="Consumers">How many there are at most.</param>
/// <param name="Keys">How many partition keys; 0: nothing partitions.</param>
/// <param name="BufferSize">As in <see cref="DeliveryLimits"/>.</param>
/// <param name="QueueSize">As in <see cref="DeliveryLimits"/>.</param>
/// <param name="Bytes">As in <see cref="DeliveryLimits"/>.</param>
/// <param name="BatchSize">As in <see cref="DeliveryLimits"/>.</param>
/// <param name="RefillAt">As in <see cref="DeliveryLimits"/>.</param>
/// <param name="CheckpointEvery">As in <see cref="DeliveryLimits"/>.</param>
/// <param name="PageSize">Of storage, and of the live buffer.</param>
/// <param name="MixBatches">As in <see cref="DeliveryLimits"/>.</param>
/// <param name="OrderByKey">As in <see cref="DeliveryLimits"/>.</param>
internal sealed record DeliveryCase(
    int Consumers, int Keys, int BufferSize, int QueueSize, long Bytes, int BatchSize, int RefillAt, int CheckpointEvery, int PageSize, bool MixBatches, bool OrderByKey);
