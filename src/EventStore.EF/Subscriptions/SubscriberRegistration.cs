namespace EventStore.EF;

/// <summary>One <c>AddSubscriber</c>.</summary>
internal sealed record SubscriberRegistration(SubscriptionName Name, Type SubscriberType, SubscriptionOptions Options);
