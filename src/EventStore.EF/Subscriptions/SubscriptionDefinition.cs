namespace EventStore.EF;

/// <summary>One part of a subscription: what it reads and how it delivers.</summary>
/// <param name="Key">Its identity in the database.</param>
/// <param name="Options">What its owner said.</param>
/// <param name="Filter">Which events; narrower than the options' where handlers take only some types.</param>
/// <param name="MixBatches">Whether a batch may hold events of several streams and correlation ids.</param>
internal sealed record SubscriptionDefinition(SubscriptionKey Key, SubscriptionOptions Options, EventFilter Filter, bool MixBatches)
{
    /// <summary>Handlers that share the work take one event at a time: else the first would have them all, and those behind a slow one would wait.</summary>
    private bool IsShared => MixBatches && Options.MaxConsumers > 1;

    public DeliveryLimits Limits => new(
        IsShared ? 1 : Options.BufferSize, Math.Max(Options.BufferSize, Options.PageSize), Options.BatchSize, Options.CheckpointEvery, Options.CheckpointAfter, MixBatches,
        OrderByKey: Options.MaxConsumers > 1);

    /// <summary>The stream that is read, or all.</summary>
    public string Source => Options.Stream?.Value ?? EventStoreModel.All;
}
