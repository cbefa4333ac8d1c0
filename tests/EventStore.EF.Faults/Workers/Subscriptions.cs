namespace EventStore.EF.Faults;

/// <summary>The subscriptions that run, each in one of the processes at a time, or in parts in several.</summary>
internal static class Subscriptions
{
    /// <summary>Receives everything in batches and acknowledges them itself.</summary>
    public const string Audit = "audit";

    /// <summary>Writes a checkpoint after every few events.</summary>
    public const string Eager = "eager";

    /// <summary>In three parts that the processes share, with tiny buffers, so that it falls back to reading from storage all the time.</summary>
    public const string Shared = "shared";

    /// <summary>Has effects in the database, exactly once.</summary>
    public const string Rows = "rows";

    public static IReadOnlyList<(string Name, bool IsPartitioned)> All { get; } = [(Audit, false), (Eager, false), (Shared, true), (Rows, false)];

    public static void AddTo(EventStoreBuilder store) => store
        .AddSubscriber<Recorder>(Eager, options => options.CheckpointEvery = 5)
        .AddSubscriber<Recorder>(Shared, options => (options.Partitions, options.BufferSize, options.PageSize, options.CheckpointEvery) = (3, 8, 8, 1000))
        .AddProjection<RowsProjection, FaultContext>(Rows);
}
