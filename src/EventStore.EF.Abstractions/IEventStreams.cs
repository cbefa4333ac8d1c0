namespace EventStore.EF;

/// <summary>
/// What can be done with streams: on the store's own transactions (<see cref="IEventStore"/>), or inside the caller's
/// (<see cref="ITransactionalEventStore"/>).
/// </summary>
/// <remarks>
/// The store takes no part in System.Transactions. Inside a <see cref="System.Transactions.TransactionScope"/> every write on the store's
/// own transactions, also by <see cref="Streams"/> and <see cref="Snapshots"/>, is refused with <see cref="InvalidOperationException"/>
/// before anything is sent, because the scope's rollback would not undo it; reading is as ever.
/// </remarks>
public interface IEventStreams
{
    /// <summary>Looks at streams, deletes and truncates them.</summary>
    IStreamAdministration Streams { get; }

    /// <summary>Keeps states made of events.</summary>
    ISnapshots Snapshots { get; }

    /// <summary>Appends one event to a stream. It is written wholly or not at all.</summary>
    /// <typeparam name="TEvent">A type marked <see cref="EventAttribute"/>.</typeparam>
    /// <param name="stream">The stream; created when it is missing and <paramref name="expected"/> allows it.</param>
    /// <param name="expected">What the stream must be like; see <see cref="ExpectedVersion"/>.</param>
    /// <param name="event">The event.</param>
    /// <param name="metadata">Free metadata stored beside it; none by default.</param>
    /// <param name="ct">Cancels waiting. A cancelled append may or may not have been written.</param>
    /// <returns>The stream's new version and the event's position.</returns>
    /// <exception cref="WrongExpectedVersionException">The stream is not at the expected version; nothing was written.</exception>
    /// <exception cref="StreamNotFoundException"><see cref="ExpectedVersion.StreamExists"/> was expected of a missing stream.</exception>
    /// <exception cref="StreamDeletedException">The stream is deleted.</exception>
    /// <exception cref="EventNotRegisteredException">The type of the event is not marked <see cref="EventAttribute"/>.</exception>
    /// <exception cref="EventSerializationException">The event can't be written by its serializer.</exception>
    /// <exception cref="EventTooLargeException">The event is larger than the store allows.</exception>
    /// <exception cref="AppendTooLargeException">The events of the call have more than 1,000,000,000 bytes in sum, with what is stored beside them.</exception>
    /// <exception cref="EventStoreUnavailableException">The database can't be reached.</exception>
    /// <exception cref="EventStoreSchemaException">The store's tables are missing or out of date.</exception>
    /// <exception cref="TransactionConflictException">The caller's transaction met another one; it is to be repeated as a whole.</exception>
    /// <exception cref="InvalidOperationException">The call is inside a System.Transactions transaction.</exception>
    Task<AppendResult> AppendAsync<TEvent>(
        StreamName stream, ExpectedVersion expected, TEvent @event, EventMetadata? metadata = null, CancellationToken ct = default)
        where TEvent : notnull;

    /// <summary>Appends events to one stream, in the given order: all of them or none, however many.</summary>
    /// <remarks>
    /// Idempotent: when the same ids stand already in the same order at the same place of the same stream, the first call's result
    /// is returned, whatever is expected.
    /// </remarks>
    /// <param name="stream">The stream; created when it is missing and <paramref name="expected"/> allows it.</param>
    /// <param name="expected">What the stream must be like; see <see cref="ExpectedVersion"/>.</param>
    /// <param name="events">The events, at least one.</param>
    /// <param name="ct">Cancels waiting. A cancelled append may or may not have been written.</param>
    /// <returns>The stream's new version and the positions of the first and the last event.</returns>
    /// <exception cref="ArgumentException">There are no events.</exception>
    /// <exception cref="DuplicateEventException">An id stands in the store already, or occurs twice; nothing was written.</exception>
    /// <inheritdoc cref="AppendAsync" path="/exception"/>
    Task<AppendResult> AppendManyAsync(
        StreamName stream, ExpectedVersion expected, IReadOnlyCollection<NewEvent> events, CancellationToken ct = default);

    /// <summary>
    /// Appends to several streams in one transaction: all of it or nothing. Each has its own expected version; one that is only looked at
    /// (<see cref="StreamAppend.Condition"/>) stays as it is until the commit.
    /// </summary>
    /// <param name="appends">What is done to which stream; at least one, each stream once, at least one of them with events.</param>
    /// <param name="ct">Cancels waiting. A cancelled append may or may not have been written.</param>
    /// <returns>The result for each stream, in the order of <paramref name="appends"/>.</returns>
    /// <exception cref="ArgumentException">There is nothing to append, or a stream occurs twice.</exception>
    /// <exception cref="WrongExpectedVersionException">A stream is not at its expected version: the first one of those that aren't.</exception>
    /// <exception cref="DuplicateEventException">An id stands in the store already, or occurs twice; nothing was written.</exception>
    /// <inheritdoc cref="AppendAsync" path="/exception"/>
    Task<IReadOnlyList<AppendResult>> AppendManyAsync(IReadOnlyCollection<StreamAppend> appends, CancellationToken ct = default);

    /// <summary>
    /// Puts existing events into another stream too, in the given order, without copying them: all of them or none. They are read there
    /// with the stream and version they were appended to, and a number of the target's own. Where all events are read they show once.
    /// </summary>
    /// <remarks>Idempotent: when the same links stand already in the same order at the same place, the first call's result is returned.</remarks>
    /// <param name="target">The stream that gets the links; created when it is missing and <paramref name="expected"/> allows it.</param>
    /// <param name="expected">What the target must be like.</param>
    /// <param name="eventIds">The events, at least one.</param>
    /// <param name="ct">Cancels waiting. A cancelled call may or may not have linked.</param>
    /// <returns>The target's new version, and the positions of the first and last event linked.</returns>
    /// <exception cref="ArgumentException">There are no ids.</exception>
    /// <exception cref="EventNotFoundException">No event has one of the ids.</exception>
    /// <exception cref="DuplicateEventException">An event is in the target already, or occurs twice.</exception>
    /// <exception cref="WrongExpectedVersionException">The target is not at the expected version.</exception>
    /// <exception cref="StreamNotFoundException"><see cref="ExpectedVersion.StreamExists"/> was expected of a missing stream.</exception>
    /// <exception cref="StreamDeletedException">The target is deleted.</exception>
    /// <exception cref="EventStoreUnavailableException">The database can't be reached.</exception>
    Task<AppendResult> LinkAsync(
        StreamName target, ExpectedVersion expected, IReadOnlyCollection<Guid> eventIds, CancellationToken ct = default);

    /// <inheritdoc cref="LinkAsync(StreamName, ExpectedVersion, IReadOnlyCollection{Guid}, CancellationToken)"/>
    /// <param name="target">The stream that gets the links; created when it is missing and <paramref name="expected"/> allows it.</param>
    /// <param name="expected">What the target must be like.</param>
    /// <param name="events">The events, at least one, as they were read.</param>
    /// <param name="ct">Cancels waiting. A cancelled call may or may not have linked.</param>
    Task<AppendResult> LinkAsync(
        StreamName target, ExpectedVersion expected, IReadOnlyCollection<RecordedEvent> events, CancellationToken ct = default);

    /// <summary>Reads the events of one stream, page by page as they are asked for, in constant memory.</summary>
    /// <param name="stream">The stream.</param>
    /// <param name="options">From where, in which direction, how many; by default all, oldest first.</param>
    /// <param name="ct">Cancels the reading.</param>
    /// <returns>The events; none when reading starts beyond the end.</returns>
    /// <exception cref="StreamNotFoundException">The stream is missing.</exception>
    /// <exception cref="StreamDeletedException">The stream is deleted.</exception>
    IAsyncEnumerable<RecordedEvent> ReadStreamAsync(StreamName stream, ReadOptions? options = null, CancellationToken ct = default);

    /// <summary>What the events of a stream come to: the last usable snapshot, and the events since.</summary>
    /// <typeparam name="TState">A type marked <see cref="StateAttribute"/>.</typeparam>
    /// <param name="stream">The stream.</param>
    /// <param name="ct">Cancels the reading.</param>
    /// <returns>The state and the stream's version. Of a missing stream, where the state needs no event to begin, version 0.</returns>
    /// <exception cref="StreamTruncatedException">The stream's beginning was truncated, and no snapshot covers it.</exception>
    /// <exception cref="StreamNotFoundException">The stream is missing, or no event in it begins the state.</exception>
    /// <exception cref="StreamDeletedException">The stream is deleted.</exception>
    /// <exception cref="InvalidOperationException">The type isn't marked, or an event comes before the state has begun.</exception>
    Task<StreamState<TState>> LoadAsync<TState>(StreamName stream, CancellationToken ct = default)
        where TState : notnull;

    /// <summary>
    /// Loads a state, decides, and appends at the version that was loaded. When another writer was faster, it begins again, at most
    /// <c>EventStoreOptions.MaxUpdateAttempts</c> times.
    /// </summary>
    /// <typeparam name="TState">A type marked <see cref="StateAttribute"/>.</typeparam>
    /// <param name="stream">The stream.</param>
    /// <param name="decide">
    /// Says which events happen: objects of types marked <see cref="EventAttribute"/>, or <see cref="NewEvent"/>s; none for nothing. It
    /// may be called several times, each time with the state as it is by then. What it throws comes out, and nothing is written.
    /// </param>
    /// <param name="ct">Cancels waiting.</param>
    /// <returns>The stream's version and the positions written; when nothing happened, the version that was loaded and positions 0.</returns>
    /// <remarks>
    /// Updates of one stream that contend in one process take turns, in the order in which they came; against other processes and plain
    /// appends there are growing delays between the attempts. No lock of the database is held while the caller decides, and nothing but
    /// such updates waits. In the caller's transaction nothing is tried again: the conflict is the caller's to resolve.
    /// </remarks>
    /// <exception cref="UpdateConflictException">Others were faster at every attempt; nothing was written.</exception>
    /// <exception cref="WrongExpectedVersionException">In the caller's transaction: somebody else was faster.</exception>
    /// <inheritdoc cref="LoadAsync" path="/exception"/>
    Task<AppendResult> UpdateAsync<TState>(StreamName stream, Func<TState, IEnumerable<object>> decide, CancellationToken ct = default)
        where TState : notnull;
}
