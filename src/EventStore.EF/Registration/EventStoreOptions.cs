namespace EventStore.EF;

/// <summary>How a store behaves. Set with <see cref="EventStoreBuilder.Configure"/>; checked when the store is first made.</summary>
public sealed class EventStoreOptions
{
    /// <summary>
    /// The schema of the store's tables, <c>eventstore</c> by default: 1 to 40 lower-case ASCII letters, digits and <c>_</c>.
    /// Stores in different schemas of one database are wholly apart. On SQLite it is the beginning of the tables' names.
    /// </summary>
    public string Schema { get; set; } = EventStoreModel.Schema;

    /// <summary>The greatest size of one event with its metadata, in bytes; 4 MiB by default. At least 1.</summary>
    public long MaxEventSize { get; set; } = 4 * 1024 * 1024;

    /// <summary>
    /// The most bytes of payloads and metadata that are held at one place at a time; 8 MiB by default. A page that is read ends with the event
    /// that reaches it, a group of appends is sent before it grows beyond it, and a subscription buffers so much and has so much in flight at
    /// each consumer: the limits in events (<see cref="ReadOptions.PageSize"/>, <see cref="SubscriptionOptions.BufferSize"/>) hold too, and
    /// whichever is reached first decides. One event always goes through, whatever its size. At least 1.
    /// </summary>
    public long MaxPageBytes { get; set; } = 8 * 1024 * 1024;

    /// <summary>
    /// Whether <see cref="IStreamAdministration.HardDeleteAsync"/> is allowed, which removes events for good; false by default.
    /// </summary>
    public bool AllowHardDelete { get; set; }

    /// <summary>
    /// How long a subscription waits before it looks for new events without having been told of any; 1 second by default. It is the
    /// latency when a notification is lost or notifications are off. 1 millisecond to 1 hour.
    /// </summary>
    public TimeSpan PollingInterval { get; set; } = TimeSpan.FromSeconds(1);

    /// <summary>
    /// How long a subscription stays with a process that no longer answers before another may take it; 15 seconds by default. It is
    /// renewed every third of it, and given back at once on a clean stop. 1 second to 1 hour.
    /// </summary>
    public TimeSpan LeaseDuration { get; set; } = TimeSpan.FromSeconds(15);

    /// <summary>
    /// How often an operation is repeated while the database can't be reached, before <see cref="EventStoreUnavailableException"/>;
    /// 5 by default, 0 for never. Subscriptions go on for ever.
    /// </summary>
    public int MaxRetryAttempts { get; set; } = 5;

    /// <summary>The wait before the first repetition, doubled each time up to 5 seconds; 100 milliseconds by default. More than zero.</summary>
    public TimeSpan RetryDelay { get; set; } = TimeSpan.FromMilliseconds(100);

    /// <summary>
    /// How often <see cref="IEventStreams.UpdateAsync"/> decides while others are faster, before <see cref="UpdateConflictException"/>; 30
    /// by default. At least 1.
    /// </summary>
    public int MaxUpdateAttempts { get; set; } = 30;

    /// <summary>
    /// Whether the handling of an event may continue the trace of its append; false by default. Handling always has a link to the trace.
    /// When this is on, an event that is delivered as soon as it is appended is handled inside the trace the first time; repetitions,
    /// replays and what a subscription catches up with have traces of their own, so that old traces don't grow.
    /// </summary>
    public bool ContinueTraces { get; set; }

    /// <summary>
    /// Whether the store starts on a schema that a newer version of this package has migrated; false by default. Turn it on only for as
    /// long as old and new instances run side by side, and only when the release notes of the newer version say that this one can work on it.
    /// </summary>
    public bool AllowNewerSchema { get; set; }

    internal void Validate()
    {
        _ = new SchemaName(Schema);
        Check(MaxEventSize >= 1, nameof(MaxEventSize), MaxEventSize, "at least 1 byte");
        Check(MaxPageBytes >= 1, nameof(MaxPageBytes), MaxPageBytes, "at least 1 byte");
        Check(PollingInterval >= TimeSpan.FromMilliseconds(1) && PollingInterval <= TimeSpan.FromHours(1), nameof(PollingInterval), PollingInterval, "1 millisecond to 1 hour");
        Check(LeaseDuration >= TimeSpan.FromSeconds(1) && LeaseDuration <= TimeSpan.FromHours(1), nameof(LeaseDuration), LeaseDuration, "1 second to 1 hour");
        Check(MaxRetryAttempts >= 0, nameof(MaxRetryAttempts), MaxRetryAttempts, "0 or more");
        Check(MaxUpdateAttempts >= 1, nameof(MaxUpdateAttempts), MaxUpdateAttempts, "at least 1");
        Check(RetryDelay > TimeSpan.Zero && RetryDelay <= TimeSpan.FromHours(1), nameof(RetryDelay), RetryDelay, "more than zero, at most 1 hour");
    }

    private static void Check(bool holds, string option, object value, string rule)
    {
        if (!holds)
            throw new ArgumentOutOfRangeException(option, value, $"EventStoreOptions.{option} is {rule}.");
    }
}
