namespace EventStore.EF;

/// <summary>
/// Inspects and controls durable subscriptions from any process. The process that owns a subscription reacts at once if notifications reach
/// it, otherwise within a second.
/// </summary>
/// <remarks>
/// A subscription is identified by its name and by what it reads: all events or, with <c>stream</c>, that stream. A position is one among
/// all events or, for a subscription to a stream, a number in that stream.
/// </remarks>
public interface ISubscriptionAdministration
{
    /// <summary>Lists the durable subscriptions by name, page by page on demand.</summary>
    /// <exception cref="EventStoreUnavailableException">The database can't be reached.</exception>
    IAsyncEnumerable<SubscriptionInfo> ListAsync(CancellationToken cancellationToken = default);

    /// <summary>Returns a subscription's information, or <see langword="null"/> if it doesn't exist.</summary>
    /// <exception cref="EventStoreUnavailableException">The database can't be reached.</exception>
    Task<SubscriptionInfo?> FindAsync(SubscriptionName name, StreamName? stream = null, CancellationToken cancellationToken = default);

    /// <summary>
    /// Stops delivery until <see cref="ResumeAsync"/>: the owner finishes the events in flight, writes its checkpoint and releases the
    /// subscription. The pause survives restarts. Pausing a paused subscription does nothing.
    /// </summary>
    /// <exception cref="SubscriptionNotFoundException">There is no such subscription.</exception>
    Task PauseAsync(SubscriptionName name, StreamName? stream = null, CancellationToken cancellationToken = default);

    /// <summary>Continues a paused subscription from its checkpoint; does nothing if it isn't paused.</summary>
    /// <exception cref="SubscriptionNotFoundException">There is no such subscription.</exception>
    Task ResumeAsync(SubscriptionName name, StreamName? stream = null, CancellationToken cancellationToken = default);

    /// <summary>
    /// Sets the checkpoint of all partitions: delivery continues with the event after <paramref name="position"/>. The owner loses the
    /// subscription in the same statement, so it can no longer move the checkpoint, and acquires it again.
    /// </summary>
    /// <param name="name">The subscription.</param>
    /// <param name="position">
    /// A position: 0 for the beginning, at most that of the last event. A position beyond the checkpoint skips events.
    /// </param>
    /// <param name="parked">What to do with the parked events.</param>
    /// <param name="stream">The stream it reads; by default all events.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <exception cref="ArgumentOutOfRangeException">The position is negative or beyond the last event.</exception>
    /// <exception cref="SubscriptionNotFoundException">There is no such subscription.</exception>
    Task RewindAsync(
        SubscriptionName name, long position, ParkedEventHandling parked, StreamName? stream = null,
        CancellationToken cancellationToken = default);

    /// <summary>
    /// Removes the checkpoint and the parked events. A running owner ends with <see cref="SubscriptionDeletedException"/>. Does nothing if
    /// the subscription doesn't exist. Subscribing again creates a new one, from its start.
    /// </summary>
    Task DeleteAsync(SubscriptionName name, StreamName? stream = null, CancellationToken cancellationToken = default);

    /// <summary>
    /// Changes the number of a subscription's partitions and keeps the progress of every partition key, in one transaction. It also works
    /// while the subscription is paused, has no owner, or is stuck at an event. Parked events stay parked, in the partition to which their
    /// key now belongs.
    /// </summary>
    /// <param name="name">The subscription.</param>
    /// <param name="partitions">The new number of partitions, 1 to 1,000. The current number changes nothing.</param>
    /// <param name="stream">The stream it reads; by default all events.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <remarks>
    /// <para>
    /// A process that runs the subscription with the old number loses it in this transaction and writes nothing more. Its consumers end
    /// with <see cref="SubscriptionRepartitionedException"/>; a handler class run by the host ends with a warning in the log. Restart the
    /// processes with the new number in <see cref="SubscriptionOptions.Partitions"/>.
    /// </para>
    /// <para>
    /// No event is skipped. Events handled after the last checkpoint are delivered again, as after a crash; to avoid that, pause the
    /// subscription first. A projection never applies an event twice.
    /// </para>
    /// </remarks>
    /// <exception cref="ArgumentOutOfRangeException">The number is not 1 to 1,000.</exception>
    /// <exception cref="SubscriptionNotFoundException">There is no such subscription.</exception>
    Task RepartitionAsync(SubscriptionName name, int partitions, StreamName? stream = null, CancellationToken cancellationToken = default);

    /// <summary>
    /// Renames a subscription and keeps its checkpoint and parked events. A running owner ends with
    /// <see cref="SubscriptionRenamedException"/>; it writes nothing more and doesn't create the old name again.
    /// </summary>
    /// <param name="name">The subscription.</param>
    /// <param name="newName">Its new name.</param>
    /// <param name="stream">The stream it reads; by default all events.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <exception cref="SubscriptionExistsException">
    /// Another subscription to the same events has the new name. Nothing was changed.
    /// </exception>
    /// <exception cref="SubscriptionNotFoundException">There is no such subscription.</exception>
    Task RenameAsync(
        SubscriptionName name, SubscriptionName newName, StreamName? stream = null, CancellationToken cancellationToken = default);

    /// <summary>
    /// Reduces what a subscription handles to what the handler class handles in the processes that own it now. Call it after removing a
    /// handler deliberately: otherwise what a subscription handles only grows, and the subscription waits at an event whose handler is
    /// gone. <see cref="SubscriberOptions.Retired"/> does the same in code.
    /// </summary>
    /// <returns>The stored names of events that are no longer handled.</returns>
    /// <exception cref="SubscriptionNotFoundException">There is no such subscription.</exception>
    /// <exception cref="InvalidOperationException">No handler class owns it now.</exception>
    Task<IReadOnlyList<string>> AcceptDefinitionAsync(
        SubscriptionName name, StreamName? stream = null, CancellationToken cancellationToken = default);

    /// <summary>Lists the parked events in order, page by page on demand; none if the subscription doesn't exist.</summary>
    IAsyncEnumerable<ParkedEvent> ListParkedAsync(
        SubscriptionName name, StreamName? stream = null, CancellationToken cancellationToken = default);

    /// <summary>
    /// Handles parked events again, in order. An event that fails again stays parked, with everything behind it. Later events of a key wait
    /// until all earlier ones are handled.
    /// </summary>
    /// <param name="name">The subscription.</param>
    /// <param name="key">The partition key whose events to replay; by default all keys.</param>
    /// <param name="stream">The stream it reads; by default all events.</param>
    /// <param name="cancellationToken">Cancels the request, not the replay.</param>
    /// <returns>The number of events whose replay had not been requested before.</returns>
    /// <exception cref="SubscriptionNotFoundException">There is no such subscription.</exception>
    Task<int> ReplayParkedAsync(
        SubscriptionName name, string? key = null, StreamName? stream = null, CancellationToken cancellationToken = default);

    /// <summary>
    /// Discards all parked events of a partition key: they are never handled, and later events of the key are delivered again.
    /// </summary>
    /// <returns>The number of discarded events.</returns>
    /// <exception cref="SubscriptionNotFoundException">There is no such subscription.</exception>
    Task<int> DiscardParkedAsync(
        SubscriptionName name, string key, StreamName? stream = null, CancellationToken cancellationToken = default);

    /// <summary>Discards one parked event; those behind it stay parked until they are replayed or discarded.</summary>
    /// <returns>The number of discarded events: 1, or 0 if it is no longer parked.</returns>
    /// <exception cref="SubscriptionNotFoundException">There is no such subscription.</exception>
    Task<int> DiscardParkedAsync(
        SubscriptionName name, Guid eventId, StreamName? stream = null, CancellationToken cancellationToken = default);

    /// <summary>
    /// Waits until a subscription, in whatever process it runs, has finished an event; for a projection, until its rows include it.
    /// </summary>
    /// <param name="name">The subscription.</param>
    /// <param name="position">
    /// A position, such as <see cref="AppendResult.LastPosition"/>, or for a stream <see cref="AppendResult.StreamVersion"/>.
    /// </param>
    /// <param name="timeout">The longest wait; <see cref="Timeout.InfiniteTimeSpan"/> for no limit.</param>
    /// <param name="stream">The stream it reads; by default all events.</param>
    /// <param name="cancellationToken">Cancels waiting.</param>
    /// <remarks>
    /// Completes at once if the subscription runs in this process. If it runs in another, its checkpoint is polled after 1, 2, 4 … and then
    /// every 100 milliseconds; progress becomes visible when that process writes its checkpoint.
    /// </remarks>
    /// <exception cref="SubscriptionTimeoutException">
    /// The event was not finished in time. The exception says why, for example that nobody runs the subscription, that it is paused, or who
    /// delays it.
    /// </exception>
    /// <exception cref="EventParkedException">
    /// The event is parked, and no replay was requested. A replay in progress is waited for.
    /// </exception>
    /// <exception cref="SubscriptionNotFoundException">There is no such subscription.</exception>
    Task WaitForAsync(
        SubscriptionName name, long position, TimeSpan timeout, StreamName? stream = null, CancellationToken cancellationToken = default);

    /// <summary>
    /// Returns the transactions, of any process, that have appended and are still open, oldest first. Subscriptions receive nothing
    /// appended after them until they end. A running append is briefly one of them. Always empty on SQLite.
    /// </summary>
    /// <exception cref="EventStoreUnavailableException">The database can't be reached.</exception>
    Task<IReadOnlyList<BlockingTransaction>> GetBlockingTransactionsAsync(CancellationToken cancellationToken = default);
}
