namespace EventStore.EF;

/// <summary>
/// The store at one moment, as any process sees it in the database. Its parts are read one after the other, within a second on a database
/// that answers, so they may differ by what happened meanwhile.
/// </summary>
public sealed record StoreReport
{
    /// <summary>The maximum number of partitions, of all subscriptions together, that a report contains: 10,000.</summary>
    public const int MaxPartitions = 10_000;

    /// <summary>The maximum number of parked events that are counted for each partition: 10,000.</summary>
    public const int MaxParkedEvents = 10_000;

    /// <summary>When it was read, by the database's clock, in UTC.</summary>
    public required DateTimeOffset ReadAt { get; init; }

    /// <summary>The state of the schema.</summary>
    public required SchemaReport Schema { get; init; }

    /// <summary>The store's identity and origin; <see langword="null"/> if it can't be read.</summary>
    public StoreIdentity? Store { get; init; }

    /// <summary>The kind of database, such as <c>PostgreSQL</c>.</summary>
    public required string Product { get; init; }

    /// <summary>The version of the server, or of SQLite; <see langword="null"/> if it can't be read.</summary>
    public string? ServerVersion { get; init; }

    /// <summary>
    /// The size of the store's tables with their indexes, on SQLite of the whole file, in bytes; <see langword="null"/> if it can't be
    /// read.
    /// </summary>
    public long? StoreBytes { get; init; }

    /// <summary>The position of the last event; 0 in an empty store, <see langword="null"/> if it can't be read.</summary>
    public long? Head { get; init; }

    /// <summary>
    /// A position up to which every event is visible or never will be; nothing after it may be delivered yet. A running append keeps it
    /// slightly behind <see cref="Head"/>. <see langword="null"/> if it can't be told, as on a stand-by.
    /// </summary>
    public long? SettledPosition { get; init; }

    /// <summary>
    /// The transactions that have appended and are still open, oldest first; see
    /// <see cref="ISubscriptionAdministration.GetBlockingTransactionsAsync"/>. <see langword="null"/> if they can't be read.
    /// </summary>
    public IReadOnlyList<BlockingTransaction>? BlockingTransactions { get; init; }

    /// <summary>
    /// The durable subscriptions by name and stream, up to <see cref="MaxPartitions"/> partitions; <see langword="null"/> if they can't be
    /// read.
    /// </summary>
    public IReadOnlyList<SubscriptionReport>? Subscriptions { get; init; }

    /// <summary>Whether there are more subscriptions than the report contains.</summary>
    public bool HasMoreSubscriptions { get; init; }

    /// <summary>
    /// The results of all checks, by id: for each check what it found, or that it found nothing, or that it could not be checked.
    /// </summary>
    public required IReadOnlyList<StoreCheck> Checks { get; init; }

    /// <summary>The worst result of all checks.</summary>
    public CheckSeverity Severity => Checks.Select(check => check.Severity).DefaultIfEmpty(CheckSeverity.Unknown).Max();
}
