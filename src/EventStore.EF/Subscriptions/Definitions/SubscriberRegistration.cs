namespace EventStore.EF.Subscriptions.Definitions;

/// <summary>A registration by <c>AddSubscriber</c> or <c>AddProjection</c>.</summary>
/// <param name="Name">The name of the subscription, under which its checkpoint is stored.</param>
/// <param name="SubscriberType">The handler class.</param>
/// <param name="Options">What it reads and how it delivers.</param>
/// <param name="ContextType">The context in whose transaction a projection's handlers run.</param>
internal sealed record SubscriberRegistration(
    SubscriptionName Name, Type SubscriberType, SubscriberOptions Options, Type? ContextType = null);
