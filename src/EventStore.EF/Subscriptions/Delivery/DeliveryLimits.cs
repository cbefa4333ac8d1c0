namespace EventStore.EF;

/// <summary>What a <see cref="DeliveryMachine"/> keeps to.</summary>
/// <param name="BufferSize">The most events in flight (sent and not acknowledged) at one consumer. At least 1.</param>
/// <param name="QueueSize">More is read only while fewer events than this are received and unsent. At least 1.</param>
/// <param name="Bytes">
/// The most bytes of the events in flight at one consumer, and of those received and unsent before more is read; one event may have more. At
/// least 1.
/// </param>
/// <param name="BatchSize">The most events of one batch. At least 1.</param>
/// <param name="RefillAt">
/// A consumer is sent more only when it has room for so many: at least 1, at most <paramref name="BufferSize"/>. More than 1 saves a consumer
/// that is busy for long from being sent one event for each that it finishes; it must finish what it has without waiting for more.
/// </param>
/// <param name="CheckpointEvery">A checkpoint is due after so many finished events. At least 1.</param>
/// <param name="CheckpointAfter">… or when the oldest unsaved progress is as old as this. More than zero.</param>
/// <param name="MixBatches">Whether a batch may hold events of several streams and correlation ids.</param>
/// <param name="OrderByKey">
/// Whether events of one key go to one consumer at a time. False where there is never more than one consumer: everything is in order of
/// place then, and keys matter for parking only.
/// </param>
internal sealed record DeliveryLimits(
    int BufferSize, int QueueSize, long Bytes, int BatchSize, int RefillAt, int CheckpointEvery, TimeSpan CheckpointAfter, bool MixBatches, bool OrderByKey);
