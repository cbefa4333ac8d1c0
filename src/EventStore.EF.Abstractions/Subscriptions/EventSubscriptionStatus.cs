namespace EventStore.EF;

/// <summary>What a subscription is doing, from worst to best.</summary>
public enum EventSubscriptionStatus
{
    /// <summary>The database doesn't respond, or the application's selector throws. It continues by itself.</summary>
    Interrupted,

    /// <summary>Another process owns it, or nobody runs it.</summary>
    StandingBy,

    /// <summary>It was paused, or it stopped at an event that failed. It continues when it is resumed.</summary>
    Paused,

    /// <summary>It is reading stored events.</summary>
    CatchingUp,

    /// <summary>It has read all stored events and receives new ones as they arrive.</summary>
    Live,
}
