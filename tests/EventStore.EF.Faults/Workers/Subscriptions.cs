namespace EventStore.EF.Faults;

/// <summary>The subscriptions that run, each in one of the processes at a time, or in partitions in several.</summary>
internal static class Subscriptions
{
    /// <summary>Receives everything in batches and acknowledges them itself.</summary>
    public const string Audit = "audit";

    /// <summary>Writes a checkpoint after every few events.</summary>
    public const string Eager = "eager";

    /// <summary>In three partitions that the processes share, with tiny buffers, so that it falls back to reading from storage all the time.</summary>
    public const string Shared = "shared";

    /// <summary>Has effects in the database, exactly once.</summary>
    public const string Rows = "rows";

    /// <summary>Parks what its handler fails on, in two partitions.</summary>
    public const string Troubled = "troubled";

    /// <summary>Stops at what its handler fails on, in two partitions that can meet trouble at the same time.</summary>
    public const string Stopping = "stopping";

    /// <summary>How often a handler is called with an event that it fails on.</summary>
    public const int Attempts = 3;

    private static readonly TimeSpan Retry = TimeSpan.FromMilliseconds(5);

    public static IReadOnlyList<(string Name, bool IsPartitioned)> All { get; } =
        [(Audit, false), (Eager, false), (Shared, true), (Rows, false), (Troubled, true), (Stopping, true)];

    public static void AddTo(EventStoreBuilder store, Build build)
    {
        if (build is Build.Old)
            Add<Recorder, RowsProjection, TroubledRecorder>(store);
        else
            Add<NewRecorder, NewRowsProjection, NewTroubledRecorder>(store);
    }

    private static void Add<TRecorder, TProjection, TTroubled>(EventStoreBuilder store)
        where TRecorder : class
        where TProjection : class
        where TTroubled : class
        => store
            .AddSubscriber<TRecorder>(Eager, options => options.CheckpointEvery = 5)
            .AddSubscriber<TRecorder>(Shared, options => (options.Partitions, options.BufferSize, options.PageSize, options.CheckpointEvery) = (3, 8, 8, 1000))
            .AddProjection<TProjection, FaultContext>(Rows)
            .AddSubscriber<TTroubled>(Troubled, options => (options.Partitions, options.MaxAttempts, options.RetryDelay) = (2, Attempts, Retry))
            .AddSubscriber<TTroubled>(Stopping, options =>
                (options.Partitions, options.MaxAttempts, options.RetryDelay, options.OnError) = (2, 1, Retry, SubscriptionErrorPolicy.Stop));
}
