namespace EventStore.EF;

/// <summary>
/// Looks at durable subscriptions and steers them, from any process. The process that works on a subscription obeys at once when
/// notifications reach it, and within a second otherwise.
/// </summary>
/// <remarks>
/// A subscription is identified by its name and by what it reads: all events, or with <c>stream</c> that stream. Its <em>places</em> are
/// positions, or for a stream the numbers in that stream.
/// </remarks>
public interface ISubscriptionAdministration
{
    /// <summary>Lists the durable subscriptions by name, page by page as they are asked for.</summary>
    /// <exception cref="EventStoreUnavailableException">The database can't be reached.</exception>
    IAsyncEnumerable<SubscriptionInfo> ListAsync(CancellationToken ct = default);

    /// <summary>What the store knows of a subscription; <see langword="null"/> when there is none.</summary>
    /// <exception cref="EventStoreUnavailableException">The database can't be reached.</exception>
    Task<SubscriptionInfo?> FindAsync(SubscriptionName name, StreamName? stream = null, CancellationToken ct = default);

    /// <summary>
    /// Stops delivery until <see cref="ResumeAsync"/>: the owner finishes what is being handled, writes its checkpoint and gives the
    /// subscription back. It stays paused when processes end and start. Pausing twice is pausing once.
    /// </summary>
    /// <exception cref="SubscriptionNotFoundException">There is no such subscription.</exception>
    Task PauseAsync(SubscriptionName name, StreamName? stream = null, CancellationToken ct = default);

    /// <summary>Goes on from the checkpoint; a subscription that isn't paused stays as it is.</summary>
    /// <exception cref="SubscriptionNotFoundException">There is no such subscription.</exception>
    Task ResumeAsync(SubscriptionName name, StreamName? stream = null, CancellationToken ct = default);

    /// <summary>
    /// Sets the checkpoint of all partitions: delivery goes on with the event after <paramref name="position"/>. Whoever works on the
    /// subscription loses it with this very statement, so nothing of its moves the checkpoint any more, and takes it anew.
    /// </summary>
    /// <param name="name">The subscription.</param>
    /// <param name="position">A place: 0 for the beginning, at most that of the last event. A later one than the checkpoint passes events over.</param>
    /// <param name="parked">What becomes of the parked events.</param>
    /// <param name="stream">The stream that it reads; by default all.</param>
    /// <param name="ct">Cancels it.</param>
    /// <exception cref="ArgumentOutOfRangeException">The place is negative or beyond the last event.</exception>
    /// <exception cref="SubscriptionNotFoundException">There is no such subscription.</exception>
    Task RewindAsync(SubscriptionName name, long position, ParkedEventHandling parked, StreamName? stream = null, CancellationToken ct = default);

    /// <summary>
    /// Removes the checkpoint and what is parked. A running owner ends with <see cref="SubscriptionDeletedException"/>. Deleting what isn't
    /// there is fine. Subscribing again makes the subscription anew, from its start.
    /// </summary>
    Task DeleteAsync(SubscriptionName name, StreamName? stream = null, CancellationToken ct = default);

    /// <summary>
    /// Changes the number of a subscription's partitions and keeps the progress of every partition key, in one transaction. It also works
    /// while the subscription is paused, has no owner, or can't get past an event. Parked events stay parked, in the partition that their
    /// key belongs to now.
    /// </summary>
    /// <param name="name">The subscription.</param>
    /// <param name="partitions">How many partitions it is to have, 1 to 1,000. The number that it has already changes nothing.</param>
    /// <param name="stream">The stream that it reads; by default all.</param>
    /// <param name="ct">Cancels it.</param>
    /// <remarks>
    /// <para>
    /// A process that runs the subscription with the old number loses it with this transaction and writes nothing more. Its consumers end
    /// with <see cref="SubscriptionRepartitionedException"/>, and a class that the host runs ends with a warning in the log. Start the
    /// processes again with the new number in <see cref="SubscriptionOptions.Partitions"/>.
    /// </para>
    /// <para>
    /// No event is passed over. What was handled after the last checkpoint is delivered again, as it is after a crash; pause the
    /// subscription before, and nothing is. A projection never applies an event twice.
    /// </para>
    /// </remarks>
    /// <exception cref="ArgumentOutOfRangeException">The number is not 1 to 1,000.</exception>
    /// <exception cref="SubscriptionNotFoundException">There is no such subscription.</exception>
    Task RepartitionAsync(SubscriptionName name, int partitions, StreamName? stream = null, CancellationToken ct = default);

    /// <summary>
    /// Gives a subscription another name, and keeps its checkpoint and what is parked. A running owner ends with
    /// <see cref="SubscriptionRenamedException"/>; it writes nothing more and doesn't make the old name again.
    /// </summary>
    /// <param name="name">The subscription.</param>
    /// <param name="newName">Its new name.</param>
    /// <param name="stream">The stream that it reads; by default all.</param>
    /// <param name="ct">Cancels it.</param>
    /// <exception cref="SubscriptionExistsException">Another subscription to the same events has the new name. Nothing is
    /// changed.</exception>
    /// <exception cref="SubscriptionNotFoundException">There is no such subscription.</exception>
    Task RenameAsync(SubscriptionName name, SubscriptionName newName, StreamName? stream = null, CancellationToken ct = default);

    /// <summary>
    /// Has a subscription handle from now on what the class of handlers handles in the processes that work on it now, and nothing more: after a
    /// handler was removed on purpose. What a subscription handles only grows otherwise, and an event whose handler is gone is waited for.
    /// <see cref="SubscriptionOptions.Retired"/> says the same in code.
    /// </summary>
    /// <returns>The stored names of events that are handled no longer.</returns>
    /// <exception cref="SubscriptionNotFoundException">There is no such subscription.</exception>
    /// <exception cref="InvalidOperationException">No class of handlers works on it now.</exception>
    Task<IReadOnlyList<string>> AcceptDefinitionAsync(SubscriptionName name, StreamName? stream = null, CancellationToken ct = default);

    /// <summary>Lists what is parked, in order of place, page by page as it is asked for; nothing when there is no such subscription.</summary>
    IAsyncEnumerable<ParkedEvent> ListParkedAsync(SubscriptionName name, StreamName? stream = null, CancellationToken ct = default);

    /// <summary>
    /// Has parked events handled again, in order. An event that fails again stays parked with all behind it. Later events of a key go on
    /// waiting until all before them are handled.
    /// </summary>
    /// <param name="name">The subscription.</param>
    /// <param name="key">The partition key whose events are meant; by default all.</param>
    /// <param name="stream">The stream that it reads; by default all.</param>
    /// <param name="ct">Cancels the request, not the replay.</param>
    /// <returns>How many events are to be handled again.</returns>
    /// <exception cref="SubscriptionNotFoundException">There is no such subscription.</exception>
    Task<int> ReplayParkedAsync(SubscriptionName name, string? key = null, StreamName? stream = null, CancellationToken ct = default);

    /// <summary>Gives up all parked events of a partition key: they are never handled, and later ones of the key flow again.</summary>
    /// <returns>How many events were given up.</returns>
    /// <exception cref="SubscriptionNotFoundException">There is no such subscription.</exception>
    Task<int> DiscardParkedAsync(SubscriptionName name, string key, StreamName? stream = null, CancellationToken ct = default);

    /// <summary>Gives up one parked event; those behind it stay parked until they are replayed or discarded.</summary>
    /// <returns>How many events were given up: 1, or 0 when it is no longer parked.</returns>
    /// <exception cref="SubscriptionNotFoundException">There is no such subscription.</exception>
    Task<int> DiscardParkedAsync(SubscriptionName name, Guid eventId, StreamName? stream = null, CancellationToken ct = default);

    /// <summary>
    /// Waits until a subscription has finished an event, in whatever process it runs: for a projection, until its rows show it.
    /// </summary>
    /// <param name="name">The subscription.</param>
    /// <param name="position">A place, such as <see cref="AppendResult.LastPosition"/>, or for a stream <see cref="AppendResult.StreamVersion"/>.</param>
    /// <param name="timeout">The longest wait; <see cref="Timeout.InfiniteTimeSpan"/> for no limit.</param>
    /// <param name="stream">The stream that it reads; by default all.</param>
    /// <param name="ct">Cancels waiting.</param>
    /// <remarks>
    /// At once where the subscription runs in this process. Where it runs in another, its checkpoint is looked at after 1, 2, 4 … and then
    /// every 100 milliseconds, and shows what the other has finished when it is written.
    /// </remarks>
    /// <exception cref="SubscriptionTimeoutException">It was not finished in time; it says why: nobody runs it, it is paused, or who holds it back.</exception>
    /// <exception cref="EventParkedException">The event is parked, and nobody has asked for its replay. A replay under way is waited for.</exception>
    /// <exception cref="SubscriptionNotFoundException">There is no such subscription.</exception>
    Task WaitForAsync(SubscriptionName name, long position, TimeSpan timeout, StreamName? stream = null, CancellationToken ct = default);

    /// <summary>
    /// The transactions that have appended and are still open, in whatever process, the oldest first. Subscriptions get nothing that was
    /// appended after them before they end. An append that is just running is one of them for that moment. Always empty on SQLite.
    /// </summary>
    /// <exception cref="EventStoreUnavailableException">The database can't be reached.</exception>
    Task<IReadOnlyList<PositionHolder>> HoldersAsync(CancellationToken ct = default);
}
