namespace EventStore.EF.Subscriptions.Delivery;

/// <summary>The limits of a <see cref="DeliveryMachine"/>.</summary>
/// <param name="BufferSize">The most events in flight (sent and not acknowledged) at one consumer. At least 1.</param>
/// <param name="QueueSize">More is read only while fewer events than this are received and not sent. At least 1.</param>
/// <param name="Bytes">
/// The most bytes in flight at one consumer, and the most bytes received and not sent before more is read; a single event may have more. At
/// least 1.
/// </param>
/// <param name="BatchSize">The most events in one batch. At least 1.</param>
/// <param name="RefillAt">
/// A consumer is sent more only when it has room for this many events: at least 1, at most <paramref name="BufferSize"/>. With more than 1,
/// a busy consumer isn't sent a single event each time it finishes one; it must finish what it has without waiting for more.
/// </param>
/// <param name="CheckpointEvery">A checkpoint is due after this many finished events. At least 1.</param>
/// <param name="CheckpointAfter">A checkpoint is also due when the oldest unsaved progress is this old. More than zero.</param>
/// <param name="MixBatches">Whether a batch may hold events of several streams and correlation ids.</param>
/// <param name="OrderByKey">
/// Whether events of one key go to one consumer at a time. False if there is never more than one consumer: then everything is in the order
/// of positions, and keys matter only for parking.
/// </param>
internal sealed record DeliveryLimits(
    int BufferSize, int QueueSize, long Bytes, int BatchSize, int RefillAt, int CheckpointEvery, TimeSpan CheckpointAfter,
    bool MixBatches, bool OrderByKey);
