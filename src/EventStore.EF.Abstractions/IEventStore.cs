using System.Data.Common;

namespace EventStore.EF;

/// <summary>
/// Streams of events, appended with optimistic concurrency and read one stream at a time or all together. Safe for use by
/// several threads; one instance serves the whole application.
/// </summary>
public interface IEventStore : IEventStreams
{
    /// <summary>Looks at durable subscriptions and steers them.</summary>
    ISubscriptionAdministration Subscriptions { get; }

    /// <summary>
    /// Reads the events of all streams in the order of their positions, page by page as they are asked for, in constant memory.
    /// </summary>
    /// <remarks>
    /// Reading forward ends at the last position that is <em>settled</em>: every earlier one is visible or never will be. So a
    /// reader that keeps the last position it saw and goes on after it misses nothing.
    /// </remarks>
    /// <param name="options">From where, in which direction, how many; by default all, oldest first.</param>
    /// <param name="ct">Cancels the reading.</param>
    IAsyncEnumerable<RecordedEvent> ReadAllAsync(ReadOptions? options = null, CancellationToken ct = default);

    /// <summary>
    /// Subscribes durably: the events from the checkpoint on, or from <see cref="SubscriptionOptions.Start"/> the first time, are delivered
    /// in batches and acknowledged. Disposing of the subscription keeps its checkpoint; the administration can delete it.
    /// </summary>
    /// <param name="name">Under this name, and that of the stream if one is given, the checkpoint is kept.</param>
    /// <param name="options">What it reads and how it delivers; the defaults stand there.</param>
    /// <param name="ct">Cancels subscribing, and waiting for one's turn; the subscription lives until it is disposed of.</param>
    /// <exception cref="SubscriptionAlreadyActiveException">
    /// Another process has it, and <see cref="SubscriptionOptions.StandBy"/> is false; or this process has it already with as many consumers
    /// as <see cref="SubscriptionOptions.MaxConsumers"/> allows.
    /// </exception>
    /// <exception cref="InvalidOperationException">This process has it already, with other options; the message names those that differ.</exception>
    /// <exception cref="ArgumentException">The name breaks a rule, an option is out of range, or the start lies beyond the end.</exception>
    /// <exception cref="StreamDeletedException">The stream is deleted.</exception>
    Task<IEventSubscription> SubscribeAsync(SubscriptionName name, SubscriptionOptions? options = null, CancellationToken ct = default);

    /// <summary>
    /// Subscribes for as long as this process wants: the same delivery, without row, lease or checkpoint in the database. It begins with the
    /// events appended from now on, unless <see cref="SubscriptionOptions.Start"/> is set.
    /// </summary>
    /// <param name="options">What it reads and how it delivers; partitions and stand-by are not for transient ones.</param>
    /// <param name="ct">Cancels subscribing; the subscription lives until it is disposed of.</param>
    /// <exception cref="ArgumentException">An option is out of range, or the start lies beyond the end.</exception>
    /// <exception cref="StreamDeletedException">The stream is deleted.</exception>
    Task<IEventSubscription> SubscribeTransientAsync(SubscriptionOptions? options = null, CancellationToken ct = default);

    /// <summary>
    /// The store inside the caller's transaction: what is written commits or rolls back with it, together with the caller's entities.
    /// </summary>
    /// <remarks>
    /// Under READ COMMITTED a conflict leaves the transaction usable; under REPEATABLE READ and SERIALIZABLE it is a
    /// <see cref="TransactionConflictException"/>. An open transaction that appended keeps appends to the same streams waiting, and no
    /// others; readers of all events stop before its events until it ends, so keep it short. On SQLite, which has one writer, all other
    /// appends wait. The object is for one flow of execution at a time, as the transaction is.
    /// </remarks>
    /// <param name="transaction">
    /// An open transaction on the store's database, of ADO.NET or of EF Core (<c>context.Database.CurrentTransaction!.GetDbTransaction()</c>).
    /// </param>
    /// <exception cref="ArgumentException">It is a transaction of another kind of database.</exception>
    /// <exception cref="InvalidOperationException">
    /// It is over, or on another database than the store's. A server and database that is named differently from the store's own is asked
    /// the first time, which takes a moment.
    /// </exception>
    /// <exception cref="EventStoreUnavailableException">The store's own database can't be asked whether it is the same.</exception>
    ITransactionalEventStore WithTransaction(DbTransaction transaction);
}
