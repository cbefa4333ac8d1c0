namespace EventStore.EF;

/// <summary>
/// Operations on streams, in the store's own transactions (<see cref="IEventStore"/>) or inside the caller's
/// (<see cref="ITransactionalEventStore"/>).
/// </summary>
/// <remarks>
/// The store takes no part in System.Transactions. Inside a <see cref="System.Transactions.TransactionScope"/>, every write in the store's
/// own transactions, including those of <see cref="Streams"/> and <see cref="Snapshots"/>, is refused with
/// <see cref="InvalidOperationException"/> before anything is sent, because the scope's rollback would not undo it. Reading is unaffected.
/// </remarks>
public interface IEventStreams
{
    /// <summary>Inspects, deletes and truncates streams.</summary>
    IStreamAdministration Streams { get; }

    /// <summary>Stores snapshots of states.</summary>
    ISnapshots Snapshots { get; }

    /// <summary>Appends one event to a stream, atomically.</summary>
    /// <typeparam name="TEvent">A type marked with <see cref="EventAttribute"/>.</typeparam>
    /// <param name="stream">The stream; created if it is missing and <paramref name="expected"/> allows it.</param>
    /// <param name="expected">The condition on the stream; see <see cref="ExpectedVersion"/>.</param>
    /// <param name="event">The event.</param>
    /// <param name="metadata">Metadata to store with the event; none by default.</param>
    /// <param name="cancellationToken">Cancels waiting. A cancelled append may or may not have been written.</param>
    /// <returns>The stream's new version and the event's position.</returns>
    /// <exception cref="WrongExpectedVersionException">The stream is not at the expected version; nothing was written.</exception>
    /// <exception cref="StreamNotFoundException">
    /// <see cref="ExpectedVersion.StreamExists"/> was expected, but the stream is missing.
    /// </exception>
    /// <exception cref="StreamDeletedException">The stream is deleted.</exception>
    /// <exception cref="EventNotRegisteredException">The event's type is not marked with <see cref="EventAttribute"/>.</exception>
    /// <exception cref="EventSerializationException">The event's serializer can't write it.</exception>
    /// <exception cref="EventTooLargeException">The event is larger than the store allows.</exception>
    /// <exception cref="AppendTooLargeException">
    /// The call's events, with everything stored beside them, exceed 1,000,000,000 bytes in total.
    /// </exception>
    /// <exception cref="EventStoreUnavailableException">The database can't be reached.</exception>
    /// <exception cref="EventStoreSchemaException">The store's tables are missing or out of date.</exception>
    /// <exception cref="TransactionConflictException">
    /// The caller's transaction conflicts with another one and must be repeated as a whole.
    /// </exception>
    /// <exception cref="InvalidOperationException">The call is inside a System.Transactions transaction.</exception>
    Task<AppendResult> AppendAsync<TEvent>(
        StreamName stream, ExpectedVersion expected, TEvent @event, EventMetadata? metadata = null,
        CancellationToken cancellationToken = default)
        where TEvent : notnull;

    /// <summary>Appends events to one stream, in the given order: all of them or none, regardless of their number.</summary>
    /// <remarks>
    /// Idempotent: if the same ids are already stored in the same order at the same versions of the same stream, the first call's result is
    /// returned, whatever version is expected.
    /// </remarks>
    /// <param name="stream">The stream; created if it is missing and <paramref name="expected"/> allows it.</param>
    /// <param name="expected">The condition on the stream; see <see cref="ExpectedVersion"/>.</param>
    /// <param name="events">The events, at least one.</param>
    /// <param name="cancellationToken">Cancels waiting. A cancelled append may or may not have been written.</param>
    /// <returns>The stream's new version and the positions of the first and the last event.</returns>
    /// <exception cref="ArgumentException">There are no events.</exception>
    /// <exception cref="DuplicateEventException">An id is already stored, or occurs twice; nothing was written.</exception>
    /// <inheritdoc cref="AppendAsync" path="/exception"/>
    Task<AppendResult> AppendManyAsync(
        StreamName stream, ExpectedVersion expected, IReadOnlyCollection<NewEvent> events, CancellationToken cancellationToken = default);

    /// <summary>
    /// Appends to several streams in one transaction: everything or nothing. Each stream has its own expected version; a stream that is
    /// only a condition (<see cref="StreamAppend.Condition"/>) cannot change until the commit.
    /// </summary>
    /// <param name="appends">The appends: at least one, each stream at most once, and at least one with events.</param>
    /// <param name="cancellationToken">Cancels waiting. A cancelled append may or may not have been written.</param>
    /// <returns>The result for each stream, in the order of <paramref name="appends"/>.</returns>
    /// <exception cref="ArgumentException">There is nothing to append, or a stream occurs twice.</exception>
    /// <exception cref="WrongExpectedVersionException">
    /// A stream is not at its expected version; the exception names the first such stream.
    /// </exception>
    /// <exception cref="DuplicateEventException">An id is already stored, or occurs twice; nothing was written.</exception>
    /// <inheritdoc cref="AppendAsync" path="/exception"/>
    Task<IReadOnlyList<AppendResult>> AppendManyAsync(
        IReadOnlyCollection<StreamAppend> appends, CancellationToken cancellationToken = default);

    /// <summary>
    /// Adds existing events to another stream, in the given order, without copying them: all of them or none. Read from there, they have
    /// the stream and version they were appended to, and the target's own numbers. Reads of all events return each event once.
    /// </summary>
    /// <remarks>
    /// Idempotent: if the same links already exist in the same order at the same numbers, the first call's result is returned.
    /// </remarks>
    /// <param name="target">The stream that gets the links; created if it is missing and <paramref name="expected"/> allows it.</param>
    /// <param name="expected">The condition on the target.</param>
    /// <param name="eventIds">The events, at least one.</param>
    /// <param name="cancellationToken">Cancels waiting. A cancelled call may or may not have linked the events.</param>
    /// <returns>The target's new version, and the positions of the first and last event linked.</returns>
    /// <exception cref="ArgumentException">There are no ids.</exception>
    /// <exception cref="EventNotFoundException">An id belongs to no event.</exception>
    /// <exception cref="DuplicateEventException">An event is already in the target, or occurs twice.</exception>
    /// <exception cref="WrongExpectedVersionException">The target is not at the expected version.</exception>
    /// <exception cref="StreamNotFoundException">
    /// <see cref="ExpectedVersion.StreamExists"/> was expected, but the stream is missing.
    /// </exception>
    /// <exception cref="StreamDeletedException">The target is deleted.</exception>
    /// <exception cref="EventStoreUnavailableException">The database can't be reached.</exception>
    Task<AppendResult> LinkAsync(
        StreamName target, ExpectedVersion expected, IReadOnlyCollection<Guid> eventIds, CancellationToken cancellationToken = default);

    /// <inheritdoc cref="LinkAsync(StreamName, ExpectedVersion, IReadOnlyCollection{Guid}, CancellationToken)"/>
    /// <param name="target">The stream that gets the links; created if it is missing and <paramref name="expected"/> allows it.</param>
    /// <param name="expected">The condition on the target.</param>
    /// <param name="events">The events, at least one, as they were read.</param>
    /// <param name="cancellationToken">Cancels waiting. A cancelled call may or may not have linked the events.</param>
    Task<AppendResult> LinkAsync(
        StreamName target, ExpectedVersion expected, IReadOnlyCollection<RecordedEvent> events,
        CancellationToken cancellationToken = default);

    /// <summary>Reads the events of one stream, page by page on demand, in constant memory.</summary>
    /// <param name="stream">The stream.</param>
    /// <param name="options">Where to start, in which direction, and how many events to read; by default all, oldest first.</param>
    /// <param name="cancellationToken">Cancels reading.</param>
    /// <returns>The events; none if reading starts beyond the end.</returns>
    /// <exception cref="StreamNotFoundException">The stream is missing.</exception>
    /// <exception cref="StreamDeletedException">The stream is deleted.</exception>
    IAsyncEnumerable<RecordedEvent> ReadStreamAsync(
        StreamName stream, ReadOptions? options = null, CancellationToken cancellationToken = default);

    /// <summary>Reads the last event of a stream; <see langword="null"/> if the stream has none or is missing.</summary>
    /// <param name="stream">The stream.</param>
    /// <param name="cancellationToken">Cancels reading.</param>
    /// <exception cref="StreamDeletedException">The stream is deleted.</exception>
    /// <exception cref="EventStoreUnavailableException">The database can't be reached.</exception>
    Task<RecordedEvent?> ReadLastAsync(StreamName stream, CancellationToken cancellationToken = default);

    /// <summary>Loads the state of a stream: the last usable snapshot, and the events since then.</summary>
    /// <typeparam name="TState">A type marked with <see cref="StateAttribute"/>.</typeparam>
    /// <param name="stream">The stream.</param>
    /// <param name="cancellationToken">Cancels reading.</param>
    /// <returns>The state and the stream's version; version 0 for a missing stream, if the state needs no event to be created.</returns>
    /// <exception cref="StreamTruncatedException">The beginning of the stream was truncated, and no snapshot covers it.</exception>
    /// <exception cref="StreamNotFoundException">The stream is missing, or none of its events creates the state.</exception>
    /// <exception cref="StreamDeletedException">The stream is deleted.</exception>
    /// <exception cref="InvalidOperationException">The type isn't marked, or an event precedes the one that creates the state.</exception>
    Task<StreamState<TState>> LoadAsync<TState>(StreamName stream, CancellationToken cancellationToken = default)
        where TState : notnull;

    /// <summary>
    /// Loads the state of a stream as <see cref="LoadAsync"/> does; <see langword="null"/> if none of its events creates the state, or the
    /// stream is missing and the state needs an event to be created.
    /// </summary>
    /// <typeparam name="TState">A type marked with <see cref="StateAttribute"/>.</typeparam>
    /// <param name="stream">The stream.</param>
    /// <param name="cancellationToken">Cancels reading.</param>
    /// <returns>The state and the stream's version.</returns>
    /// <exception cref="StreamTruncatedException">The beginning of the stream was truncated, and no snapshot covers it.</exception>
    /// <exception cref="StreamDeletedException">The stream is deleted.</exception>
    /// <exception cref="InvalidOperationException">The type isn't marked, or an event precedes the one that creates the state.</exception>
    Task<StreamState<TState>?> TryLoadAsync<TState>(StreamName stream, CancellationToken cancellationToken = default)
        where TState : notnull;

    /// <summary>
    /// Loads a state, decides, and appends at the loaded version. If another writer was faster, it starts over, at most
    /// <c>EventStoreOptions.MaxUpdateAttempts</c> times.
    /// </summary>
    /// <typeparam name="TState">A type marked with <see cref="StateAttribute"/>.</typeparam>
    /// <param name="stream">The stream.</param>
    /// <param name="decide">
    /// Returns the events to append: objects of types marked with <see cref="EventAttribute"/>, or <see cref="NewEvent"/>s; an empty
    /// sequence appends nothing. It may be called several times, each time with the current state. If it throws, or the state can't be
    /// folded with the events, nothing is written.
    /// </param>
    /// <param name="cancellationToken">Cancels waiting.</param>
    /// <returns>The new state, the stream's version and the positions written.</returns>
    /// <remarks>
    /// Within a process, contending updates of one stream take turns in the order of arrival; against other processes and plain appends,
    /// the delays between attempts grow. No database lock is held while the caller decides, and only such updates wait. In the caller's
    /// transaction nothing is retried: resolving the conflict is up to the caller. A state whose methods take the
    /// <see cref="RecordedEvent"/> is loaded again after the append, up to its last event, because position and time are known only then.
    /// If that load fails, its exception is thrown although the events are written.
    /// </remarks>
    /// <exception cref="UpdateConflictException">Other writers were faster at every attempt; nothing was written.</exception>
    /// <exception cref="WrongExpectedVersionException">In the caller's transaction: another writer was faster.</exception>
    /// <inheritdoc cref="LoadAsync" path="/exception"/>
    Task<UpdateResult<TState>> UpdateAsync<TState>(
        StreamName stream, Func<TState, IEnumerable<object>> decide, CancellationToken cancellationToken = default)
        where TState : notnull;

    /// <param name="stream">The stream.</param>
    /// <param name="decide">
    /// Returns the events to append, as the other overload's; it receives the token of the call. Others that update the stream don't wait
    /// for it longer than a second.
    /// </param>
    /// <param name="cancellationToken">Cancels waiting.</param>
    /// <inheritdoc cref="UpdateAsync{TState}(StreamName, Func{TState, IEnumerable{object}}, CancellationToken)"/>
    Task<UpdateResult<TState>> UpdateAsync<TState>(
        StreamName stream, Func<TState, CancellationToken, ValueTask<IEnumerable<object>>> decide,
        CancellationToken cancellationToken = default)
        where TState : notnull;
}
