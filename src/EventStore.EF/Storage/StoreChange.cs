namespace EventStore.EF.Storage;

/// <summary>Kinds of changes by a process that others may wait for.</summary>
[Flags]
internal enum StoreChange
{
    /// <summary>There may be new events.</summary>
    Appended = 1,

    /// <summary>
    /// A subscription was released, requested, paused, resumed, rewound or deleted, or a replay of its parked events was requested.
    /// </summary>
    Subscriptions = 2,
}
