namespace EventStore.EF.Subscriptions.Delivery;

/// <summary>Events for one consumer, in flight from now until they are acknowledged or the consumer leaves.</summary>
/// <param name="Consumer">The consumer that gets them.</param>
/// <param name="Items">At least one, in ascending order of position.</param>
internal readonly record struct DeliveryBatch(int Consumer, IReadOnlyList<DeliveryItem> Items);
