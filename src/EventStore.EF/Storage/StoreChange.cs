namespace EventStore.EF;

/// <summary>What a process has changed that others may wait for.</summary>
[Flags]
internal enum StoreChange
{
    /// <summary>There may be new events.</summary>
    Appended = 1,

    /// <summary>A subscription was given back, asked for, paused, resumed, rewound or deleted, or its parked events are to be replayed.</summary>
    Subscriptions = 2,
}
