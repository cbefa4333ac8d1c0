namespace EventStore.EF;

/// <summary>Options of a store. Set with <see cref="EventStoreBuilder.Configure"/>; validated when the store is first created.</summary>
public sealed class EventStoreOptions
{
    /// <summary>
    /// The schema of the store's tables, <c>eventstore</c> by default: 1 to 40 lower-case ASCII letters, digits and <c>_</c>. Stores in
    /// different schemas of one database are completely separate. On SQLite it is a prefix of the table names.
    /// </summary>
    public string Schema { get; set; } = SchemaName.Default;

    /// <summary>The maximum size of one event with its metadata, in bytes; 4 MiB by default. At least 1.</summary>
    public long MaxEventSize { get; set; } = 4 * 1024 * 1024;

    /// <summary>
    /// The maximum number of bytes of payloads and metadata in one page or buffer; 8 MiB by default. A page ends with the event that
    /// reaches the limit, a group of appends is sent before it exceeds it, and a subscription buffers at most this much, with at most this
    /// much in flight at each consumer. The limits in events (<see cref="ReadOptions.PageSize"/>,
    /// <see cref="SubscriptionOptions.BufferSize"/>) apply too; whichever is reached first decides. A single event always passes, whatever
    /// its size. At least 1.
    /// </summary>
    public long MaxPageBytes { get; set; } = 8 * 1024 * 1024;

    /// <summary>
    /// Whether <see cref="IStreamAdministration.HardDeleteAsync"/>, which removes events permanently, is allowed; false by default.
    /// </summary>
    public bool AllowHardDelete { get; set; }

    /// <summary>
    /// How often a subscription polls for new events without a notification; 1 second by default. This is the latency when a notification
    /// is lost or notifications are off. 1 millisecond to 1 hour.
    /// </summary>
    public TimeSpan PollingInterval { get; set; } = TimeSpan.FromSeconds(1);

    /// <summary>
    /// How long a subscription stays with a process that no longer responds before another process may take it; 15 seconds by default. The
    /// lease is renewed after a third of that time, and released immediately on a clean stop. 1 second to 1 hour.
    /// </summary>
    public TimeSpan LeaseDuration { get; set; } = TimeSpan.FromSeconds(15);

    /// <summary>
    /// How often an operation is retried while the database can't be reached, before <see cref="EventStoreUnavailableException"/>; 5 by
    /// default, 0 for never. Subscriptions retry for ever.
    /// </summary>
    public int MaxRetryAttempts { get; set; } = 5;

    /// <summary>
    /// The delay before the first retry, doubled each time up to 5 seconds; 100 milliseconds by default. Greater than zero.
    /// </summary>
    public TimeSpan RetryDelay { get; set; } = TimeSpan.FromMilliseconds(100);

    /// <summary>
    /// How often an update decides while other writers are faster, before <see cref="UpdateConflictException"/>; 30 by default. At least 1.
    /// </summary>
    public int MaxUpdateAttempts { get; set; } = 30;

    /// <summary>
    /// How old a report of <see cref="IEventStoreOperations"/> may be before the store is read again; 5 seconds by default. However many
    /// callers ask at the same time, this process reads at most once in this time. 100 milliseconds to 1 hour.
    /// </summary>
    public TimeSpan ReportInterval { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>
    /// Whether the handling of an event may continue the trace of its append; false by default. Handling always links to that trace. If
    /// enabled, the first handling of an event delivered right after its append continues the trace; repetitions, replays and catch-up have
    /// their own traces, so that old traces don't grow.
    /// </summary>
    public bool ContinueTraces { get; set; }

    /// <summary>
    /// Whether spans of appends and of loading states have the stream's name as an attribute, and the messages of their exceptions, which
    /// may contain it; true by default. Disable it if the names of streams are confidential or personal. No span is named by a stream, and
    /// no metric contains one, whatever this says.
    /// </summary>
    public bool TraceStreamNames { get; set; } = true;

    /// <summary>
    /// Whether the store starts on a schema that a newer version of this package has migrated; false by default. Enable it only while old
    /// and new instances run side by side, and only if the newer version's release notes say that this version can work on it.
    /// </summary>
    public bool AllowNewerSchema { get; set; }

    /// <summary>A copy, which may be changed without changing the original.</summary>
    internal EventStoreOptions Copy() => (EventStoreOptions)MemberwiseClone();

    internal void Validate()
    {
        _ = new SchemaName(Schema);
        Check(MaxEventSize >= 1, nameof(MaxEventSize), MaxEventSize, "at least 1 byte");
        Check(MaxPageBytes >= 1, nameof(MaxPageBytes), MaxPageBytes, "at least 1 byte");
        Check(
            PollingInterval >= TimeSpan.FromMilliseconds(1) && PollingInterval <= TimeSpan.FromHours(1),
            nameof(PollingInterval), PollingInterval, "1 millisecond to 1 hour");
        Check(
            LeaseDuration >= TimeSpan.FromSeconds(1) && LeaseDuration <= TimeSpan.FromHours(1),
            nameof(LeaseDuration), LeaseDuration, "1 second to 1 hour");
        Check(
            ReportInterval >= TimeSpan.FromMilliseconds(100) && ReportInterval <= TimeSpan.FromHours(1),
            nameof(ReportInterval), ReportInterval, "100 milliseconds to 1 hour");
        Check(MaxRetryAttempts >= 0, nameof(MaxRetryAttempts), MaxRetryAttempts, "0 or more");
        Check(MaxUpdateAttempts >= 1, nameof(MaxUpdateAttempts), MaxUpdateAttempts, "at least 1");
        Check(
            RetryDelay > TimeSpan.Zero && RetryDelay <= TimeSpan.FromHours(1),
            nameof(RetryDelay), RetryDelay, "more than zero, at most 1 hour");
    }

    private static void Check(bool holds, string option, object value, string rule)
    {
        if (!holds)
            throw new ArgumentOutOfRangeException(option, value, $"EventStoreOptions.{option} must be {rule}.");
    }
}
