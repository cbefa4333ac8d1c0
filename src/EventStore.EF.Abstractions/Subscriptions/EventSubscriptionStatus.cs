namespace EventStore.EF;

/// <summary>What a subscription is doing, from what is worst to what is best.</summary>
public enum EventSubscriptionStatus
{
    /// <summary>The database doesn't answer, or the application's selector throws; it goes on by itself.</summary>
    Interrupted,

    /// <summary>Another process has it, or nobody runs it.</summary>
    StandingBy,

    /// <summary>Somebody has paused it, or it has stopped at an event that failed; it goes on when it is resumed.</summary>
    Paused,

    /// <summary>It reads what is stored.</summary>
    CatchingUp,

    /// <summary>It has read what is stored, and gets new events as they come.</summary>
    Live,
}
