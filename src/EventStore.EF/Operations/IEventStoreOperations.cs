namespace EventStore.EF;

/// <summary>
/// Shows the store as an operator needs to see it: for health checks, metrics, dashboards and tools. Registered by <c>AddEventStore</c>.
/// Thread-safe.
/// </summary>
/// <remarks>
/// Everything is judged from the database's tables, not from what a process says of itself, so any process sees a subscription whose owner
/// is dead. Reads are shared: however many callers ask, this process reads the store at most once per
/// <see cref="EventStoreOptions.ReportInterval"/>, and those who ask meanwhile get the same result, or the same exception. A read is never
/// retried; the next call after the interval tries again. Each takes a limited number of rows, however large the store is.
/// </remarks>
public interface IEventStoreOperations
{
    /// <summary>
    /// Returns what there is to know about the store: its subscriptions, how far they are, what delays events, what is parked, the server,
    /// and the results of all checks. At most <see cref="EventStoreOptions.ReportInterval"/> old.
    /// </summary>
    /// <remarks>
    /// A part that can't be read, because the schema is missing or the role lacks a right, is <see langword="null"/>, and its checks are
    /// <see cref="CheckSeverity.Unknown"/>.
    /// </remarks>
    /// <param name="cancellationToken">Cancels waiting; the read goes on for others who wait.</param>
    /// <exception cref="EventStoreUnavailableException">The database can't be reached, or doesn't answer within 30 seconds.</exception>
    /// <exception cref="EventStoreSchemaException">On SQLite, the file doesn't exist.</exception>
    Task<StoreReport> GetReportAsync(CancellationToken cancellationToken = default);

    /// <summary>
    /// Returns whether the store's schema is that of this version of the package, by one statement. At most
    /// <see cref="EventStoreOptions.ReportInterval"/> old.
    /// </summary>
    /// <param name="cancellationToken">Cancels waiting; the read goes on for others who wait.</param>
    /// <exception cref="EventStoreUnavailableException">The database can't be reached, or doesn't answer within 10 seconds.</exception>
    Task<SchemaReport> GetSchemaAsync(CancellationToken cancellationToken = default);

    /// <summary>
    /// Returns what the store's loops in this process do now, by name: those that read new events and renew leases, and one for each
    /// partition that the host runs. Empty before the first subscription. Asks no database.
    /// </summary>
    IReadOnlyList<LoopReport> GetLoops();
}
