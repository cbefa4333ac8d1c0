namespace EventStore.EF.Faults;

/// <summary>The subscriptions that run, each in one of the processes at a time.</summary>
internal static class Subscriptions
{
    /// <summary>Receives everything, as applications mostly do.</summary>
    public const string Audit = "audit";

    /// <summary>Writes a checkpoint after every few events.</summary>
    public const string Eager = "eager";

    /// <summary>Has a tiny buffer and seldom a checkpoint, so that it falls back to reading from storage all the time.</summary>
    public const string Narrow = "narrow";

    /// <summary>Has effects in the database, exactly once.</summary>
    public const string Rows = "rows";

    public static IReadOnlyList<string> All { get; } = [Audit, Eager, Narrow, Rows];

    public static void AddTo(EventStoreBuilder store) => store
        .AddSubscriber<Recorder>(Audit)
        .AddSubscriber<Recorder>(Eager, options => options.CheckpointEvery = 5)
        .AddSubscriber<Recorder>(Narrow, options => (options.BufferSize, options.PageSize, options.CheckpointEvery) = (8, 8, 1000))
        .AddSubscriber<RowsProjection>(Rows);
}
