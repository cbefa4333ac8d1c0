namespace EventStore.EF.Subscriptions.Leases;

/// <summary>Why a lease is lost for good.</summary>
internal enum LeaseEnd
{
    /// <summary>Another process has taken over the partition.</summary>
    TakenOver,

    /// <summary>The checkpoint was set to another position.</summary>
    Rewound,

    /// <summary>The subscription's definition has changed: the partition must be acquired again, with the new definition.</summary>
    Redefined,

    /// <summary>The subscription has a different number of partitions than this process expects.</summary>
    Repartitioned,

    /// <summary>The subscription was renamed.</summary>
    Renamed,

    /// <summary>The subscription was deleted.</summary>
    Deleted,
}
