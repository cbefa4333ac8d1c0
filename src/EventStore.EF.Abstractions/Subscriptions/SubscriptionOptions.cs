namespace EventStore.EF;

/// <summary>
/// What a subscription reads and how it delivers: <see cref="SubscriberOptions"/> for handler classes and projections,
/// <see cref="ConsumerOptions"/> for <see cref="IEventStore.SubscribeAsync"/>.
/// </summary>
public abstract class SubscriptionOptions
{
    private protected SubscriptionOptions()
    {
    }

    /// <summary>
    /// The stream to read, including its links; <see langword="null"/>, the default, for all events. It need not exist yet.
    /// </summary>
    public StreamName? Stream { get; set; }

    /// <summary>
    /// Where to start; <see cref="SubscriptionStart.Origin"/> by default. Used only when the subscription is created: afterwards it
    /// continues from its checkpoint. A transient subscription starts at <see cref="SubscriptionStart.Current"/> unless this is set.
    /// </summary>
    public SubscriptionStart? Start { get; set; }

    /// <summary>
    /// Which events to deliver, evaluated in the database. By default every event, or the events that the handler class handles; the filter
    /// can restrict those further.
    /// </summary>
    public EventFilter Filter { get; set; } = EventFilter.All;

    /// <summary>
    /// Which of the filtered events to deliver, evaluated in this process; all by default. If it keeps throwing for an event,
    /// <see cref="MaxAttempts"/> and <see cref="OnError"/> apply; a transient subscription retries for as long as it lives.
    /// </summary>
    public Func<RecordedEvent, bool>? Selector { get; set; }

    /// <summary>
    /// Returns an event's partition key; by default the name of its stream. Events with the same key are delivered in order, to one
    /// consumer at a time. <see langword="null"/> for an event that needs no order. At most 500 characters, without U+0000 and lone
    /// surrogates; any other key counts as an exception, to which <see cref="MaxAttempts"/> and <see cref="OnError"/> apply.
    /// </summary>
    public Func<RecordedEvent, string?>? PartitionBy { get; set; }

    /// <summary>
    /// The number of partitions that the work is divided into, by a hash of the partition key; 1 by default, 1 to 1,000. Each partition has
    /// its own checkpoint, and processes share the partitions. <see cref="ISubscriptionAdministration.RepartitionAsync"/> changes the
    /// number for an existing subscription; a process that starts with a number other than the stored one is refused.
    /// </summary>
    public int Partitions { get; set; } = 1;

    /// <summary>The maximum of <see cref="Partitions"/>.</summary>
    internal const int MostPartitions = 1000;

    /// <summary>
    /// The maximum number of concurrent consumers of one partition in this process; 1 by default, 1 to 1,000. Above 1, order is kept within
    /// each partition key, not over all events. <c>AddSubscriber</c> runs this many handlers concurrently; a projection has one consumer.
    /// </summary>
    public int MaxConsumers { get; set; } = 1;

    /// <summary>
    /// The maximum number of events read from the database at once while catching up; 500 by default, 1 to 10,000. The next page is read
    /// while the current one is delivered.
    /// </summary>
    public int PageSize { get; set; } = 500;

    /// <summary>
    /// The maximum number of events in flight, delivered to a consumer but not acknowledged; 1,000 by default, 1 to 100,000. The same
    /// number can wait in memory for a slow consumer; further events are read from the database later.
    /// </summary>
    public int BufferSize { get; set; } = 1000;

    /// <summary>
    /// The maximum number of events in one <see cref="EventBatch"/>, or in one transaction of a projection; 100 by default, 1 to 10,000.
    /// </summary>
    public int BatchSize { get; set; } = 100;

    /// <summary>Writes the checkpoint after this many finished events; 100 by default, at least 1.</summary>
    public int CheckpointEvery { get; set; } = 100;

    /// <summary>
    /// Writes the checkpoint at the latest this long after an event was finished; 1 second by default, 10 milliseconds to 1 hour.
    /// </summary>
    public TimeSpan CheckpointAfter { get; set; } = TimeSpan.FromSeconds(1);

    /// <summary>
    /// The number of times a handler is called with an event it fails on before <see cref="OnError"/> applies; 10 by default, about a
    /// minute with the default delays. At least 1.
    /// </summary>
    public int MaxAttempts { get; set; } = 10;

    /// <summary>What to do with an event that still fails; <see cref="SubscriptionErrorPolicy.Park"/> by default.</summary>
    public SubscriptionErrorPolicy OnError { get; set; }

    /// <summary>
    /// The delay before a handler that threw is called again with the same event; 100 milliseconds by default, doubled each time up to
    /// <see cref="MaxRetryDelay"/>. Greater than zero.
    /// </summary>
    public TimeSpan RetryDelay { get; set; } = TimeSpan.FromMilliseconds(100);

    /// <summary>
    /// The longest delay between two attempts; 30 seconds by default. At least <see cref="RetryDelay"/>, at most 12 hours.
    /// </summary>
    public TimeSpan MaxRetryDelay { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>The key by which an event's order is kept.</summary>
    internal string? KeyOf(RecordedEvent @event) => PartitionBy is { } key ? key(@event) : @event.StreamName.Value;

    /// <summary>The function that creates <see cref="EventBatch.Mapped"/>, if there is one.</summary>
    internal virtual Func<RecordedEvent, object?>? Map => null;

    /// <summary>The names of the derived class's options in which another set differs.</summary>
    private protected virtual IEnumerable<string> OwnDifferencesFrom(SubscriptionOptions other) => [];

    /// <summary>Validates the options of the derived class.</summary>
    private protected virtual void ValidateOwn(string subscription)
    {
    }

    private protected static void Check(bool holds, string type, string option, object value, string subscription, string rule)
    {
        if (!holds)
            throw new ArgumentOutOfRangeException(option, value, $"{type}.{option} of {subscription} must be {rule}.");
    }

    /// <summary>
    /// The names of the options in which another set differs. Functions are the same when they come from the same place in the code,
    /// whatever they have captured.
    /// </summary>
    internal IReadOnlyList<string> DifferencesFrom(SubscriptionOptions other)
    {
        (string Name, bool IsSame)[] options =
        [
            (nameof(Stream), Stream == other.Stream),
            (nameof(Start), (Start ?? SubscriptionStart.Origin) == (other.Start ?? SubscriptionStart.Origin)),
            (nameof(Filter), Filter.IsSameAs(other.Filter)),
            (nameof(Selector), Selector?.Method == other.Selector?.Method),
            (nameof(PartitionBy), PartitionBy?.Method == other.PartitionBy?.Method),
            (nameof(Partitions), Partitions == other.Partitions),
            (nameof(MaxConsumers), MaxConsumers == other.MaxConsumers),
            (nameof(PageSize), PageSize == other.PageSize),
            (nameof(BufferSize), BufferSize == other.BufferSize),
            (nameof(BatchSize), BatchSize == other.BatchSize),
            (nameof(CheckpointEvery), CheckpointEvery == other.CheckpointEvery),
            (nameof(CheckpointAfter), CheckpointAfter == other.CheckpointAfter),
            (nameof(MaxAttempts), MaxAttempts == other.MaxAttempts),
            (nameof(OnError), OnError == other.OnError),
            (nameof(RetryDelay), RetryDelay == other.RetryDelay),
            (nameof(MaxRetryDelay), MaxRetryDelay == other.MaxRetryDelay),
        ];
        return [.. options.Where(option => !option.IsSame).Select(option => option.Name), .. OwnDifferencesFrom(other)];
    }

    /// <param name="subscription">The subscription, for messages.</param>
    internal void Validate(string subscription)
    {
        _ = Stream?.Value;
        Check(Filter is not null, nameof(Filter), "null", "a filter, not null");
        ValidateOwn(subscription);
        Check(Partitions is >= 1 and <= MostPartitions, nameof(Partitions), Partitions, "1 to 1,000");
        Check(MaxConsumers is >= 1 and <= 1000, nameof(MaxConsumers), MaxConsumers, "1 to 1,000");
        Check(PageSize is >= 1 and <= 10_000, nameof(PageSize), PageSize, "1 to 10,000");
        Check(BufferSize is >= 1 and <= 100_000, nameof(BufferSize), BufferSize, "1 to 100,000");
        Check(BatchSize is >= 1 and <= 10_000, nameof(BatchSize), BatchSize, "1 to 10,000");
        Check(CheckpointEvery >= 1, nameof(CheckpointEvery), CheckpointEvery, "at least 1");
        Check(
            CheckpointAfter >= TimeSpan.FromMilliseconds(10) && CheckpointAfter <= TimeSpan.FromHours(1),
            nameof(CheckpointAfter), CheckpointAfter, "10 milliseconds to 1 hour");
        Check(MaxAttempts >= 1, nameof(MaxAttempts), MaxAttempts, "at least 1");
        Check(Enum.IsDefined(OnError), nameof(OnError), OnError, "Park, Stop or Skip");
        Check(RetryDelay > TimeSpan.Zero, nameof(RetryDelay), RetryDelay, "more than zero");
        Check(
            MaxRetryDelay >= RetryDelay && MaxRetryDelay <= TimeSpan.FromHours(12),
            nameof(MaxRetryDelay), MaxRetryDelay, "at least RetryDelay, at most 12 hours");

        void Check(bool holds, string option, object value, string rule)
            => SubscriptionOptions.Check(holds, nameof(SubscriptionOptions), option, value, subscription, rule);
    }
}
