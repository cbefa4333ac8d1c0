namespace EventStore.EF;

/// <summary>Why a lease is lost for good.</summary>
internal enum LeaseEnd
{
    /// <summary>Another process has taken the partition over.</summary>
    TakenOver,

    /// <summary>Somebody has set the checkpoint anew.</summary>
    Rewound,

    /// <summary>The subscription handles something else by now: the partition is to be taken again, with the new definition.</summary>
    Redefined,

    /// <summary>The subscription has another number of partitions by now than this process.</summary>
    Repartitioned,

    /// <summary>The subscription has another name by now.</summary>
    Renamed,

    /// <summary>Somebody has deleted the subscription.</summary>
    Deleted,
}
