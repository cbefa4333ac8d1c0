namespace EventStore.EF;

/// <summary>Events for one consumer, in flight from now on until they are acknowledged or the consumer leaves.</summary>
/// <param name="Consumer">Who gets them.</param>
/// <param name="Items">At least one, in rising order of place.</param>
internal readonly record struct DeliveryBatch(int Consumer, IReadOnlyList<DeliveryItem> Items);
