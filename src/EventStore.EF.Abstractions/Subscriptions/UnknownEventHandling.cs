namespace EventStore.EF;

/// <summary>What to do with an event whose stored name no registered type reads and no build of the subscription has handled.</summary>
public enum UnknownEventHandling
{
    /// <summary>Pass it over; each process logs and counts each name once.</summary>
    Pass,

    /// <summary>Wait at the event until a build that knows the name runs, or until the name is declared foreign.</summary>
    Stop,
}
