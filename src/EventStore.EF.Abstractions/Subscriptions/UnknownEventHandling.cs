namespace EventStore.EF;

/// <summary>What becomes of an event whose stored name no registered type reads, and no build of the subscription has handled.</summary>
public enum UnknownEventHandling
{
    /// <summary>It is passed over; each name is logged once by each process, and counted.</summary>
    Pass,

    /// <summary>The subscription stands still at it until a build that knows the name runs, or the name is declared foreign.</summary>
    Stop,
}
