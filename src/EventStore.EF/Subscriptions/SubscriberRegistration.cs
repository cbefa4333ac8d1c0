namespace EventStore.EF;

/// <summary>One <c>AddSubscriber</c> or <c>AddProjection</c>.</summary>
/// <param name="Name">Under which its checkpoint is kept.</param>
/// <param name="SubscriberType">The class of handlers.</param>
/// <param name="Options">What it reads and how it delivers.</param>
/// <param name="ContextType">The context in whose transaction a projection's handlers run.</param>
internal sealed record SubscriberRegistration(SubscriptionName Name, Type SubscriberType, SubscriptionOptions Options, Type? ContextType = null);
