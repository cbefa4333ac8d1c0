using System.Data.Common;

namespace EventStore.EF;

/// <summary>
/// Streams of events, appended with optimistic concurrency and read one stream at a time or all together. Thread-safe; one instance
/// serves the whole application.
/// </summary>
public interface IEventStore : IEventStreams
{
    /// <summary>Inspects and controls durable subscriptions.</summary>
    ISubscriptionAdministration Subscriptions { get; }

    /// <summary>
    /// Reads the events of all streams in the order of their positions, page by page on demand, in constant memory.
    /// </summary>
    /// <remarks>
    /// Reading forward ends at the last <em>settled</em> position: every earlier one is visible or never will be. A reader that remembers
    /// the last position it saw and continues after it misses nothing.
    /// </remarks>
    /// <param name="options">Where to start, in which direction, and how many events to read; by default all, oldest first.</param>
    /// <param name="cancellationToken">Cancels reading.</param>
    IAsyncEnumerable<RecordedEvent> ReadAllAsync(ReadOptions? options = null, CancellationToken cancellationToken = default);

    /// <summary>
    /// Returns the position of the last settled event, 0 in an empty store: every earlier one is visible or never will be, and an event
    /// that is not committed at the time of the call will have a higher one.
    /// </summary>
    /// <remarks>
    /// <see cref="ReadAllAsync"/> ends there or later. A reader that only wants what comes from now on continues after this position and
    /// misses nothing. Waiting for a subscription to finish it (<see cref="ISubscriptionAdministration.WaitForAsync"/>) waits for
    /// everything that was committed, except behind a transaction that is still open.
    /// </remarks>
    /// <param name="cancellationToken">Cancels waiting.</param>
    /// <exception cref="EventStoreUnavailableException">The database can't be reached.</exception>
    /// <exception cref="EventStoreSchemaException">The store's tables are missing or out of date.</exception>
    Task<long> GetHeadAsync(CancellationToken cancellationToken = default);

    /// <summary>
    /// Opens a durable subscription: events from the checkpoint, or from <see cref="SubscriptionOptions.Start"/> the first time, are
    /// delivered in batches, to be acknowledged. Disposing the subscription keeps its checkpoint; <see cref="Subscriptions"/> can delete
    /// it.
    /// </summary>
    /// <param name="name">The checkpoint is stored under this name, together with the stream if one is given.</param>
    /// <param name="options">What the subscription reads and how it delivers.</param>
    /// <param name="cancellationToken">Cancels subscribing and waiting for a turn; the subscription lives until it is disposed.</param>
    /// <exception cref="SubscriptionAlreadyActiveException">
    /// Another process owns it, and <see cref="ConsumerOptions.StandBy"/> is false; or this process already has as many consumers as
    /// <see cref="SubscriptionOptions.MaxConsumers"/> allows.
    /// </exception>
    /// <exception cref="InvalidOperationException">
    /// This process runs it with other options; the message names those that differ.
    /// </exception>
    /// <exception cref="ArgumentException">The name is invalid, an option is out of range, or the start lies beyond the end.</exception>
    /// <exception cref="StreamDeletedException">The stream is deleted.</exception>
    Task<IEventSubscription> SubscribeAsync(
        SubscriptionName name, ConsumerOptions? options = null, CancellationToken cancellationToken = default);

    /// <summary>
    /// Opens a subscription that lasts as long as this process keeps it: the same delivery, without a row, lease or checkpoint in the
    /// database. It starts with the events appended from now on, unless <see cref="SubscriptionOptions.Start"/> is set.
    /// </summary>
    /// <param name="options">
    /// What the subscription reads and how it delivers; partitions and stand-by don't apply to transient subscriptions.
    /// </param>
    /// <param name="cancellationToken">Cancels subscribing; the subscription lives until it is disposed.</param>
    /// <exception cref="ArgumentException">An option is out of range, or the start lies beyond the end.</exception>
    /// <exception cref="StreamDeletedException">The stream is deleted.</exception>
    Task<IEventSubscription> SubscribeTransientAsync(ConsumerOptions? options = null, CancellationToken cancellationToken = default);

    /// <summary>
    /// Returns the store inside the caller's transaction: whatever it writes commits or rolls back together with the caller's entities.
    /// </summary>
    /// <remarks>
    /// Under READ COMMITTED, a conflict leaves the transaction usable; under REPEATABLE READ and SERIALIZABLE it causes a
    /// <see cref="TransactionConflictException"/>. A transaction that has appended and stays open blocks appends to the same streams, and
    /// no others; readers of all events stop before its events until it ends, so keep it short. On SQLite, which has one writer, all other
    /// appends wait. Like the transaction, the returned object is not thread-safe.
    /// </remarks>
    /// <param name="transaction">
    /// An open transaction on the store's database, from ADO.NET or EF Core
    /// (<c>context.Database.CurrentTransaction!.GetDbTransaction()</c>).
    /// </param>
    /// <exception cref="ArgumentException">The transaction belongs to another kind of database.</exception>
    /// <exception cref="InvalidOperationException">
    /// The transaction has ended, or is on a database other than the store's. A server and database named differently from the store's own
    /// is verified the first time, which takes a moment.
    /// </exception>
    /// <exception cref="EventStoreUnavailableException">
    /// The store's own database could not be reached to verify that it is the same.
    /// </exception>
    ITransactionalEventStore WithTransaction(DbTransaction transaction);
}
