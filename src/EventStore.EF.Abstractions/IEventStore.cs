namespace EventStore.EF;

/// <summary>
/// Streams of events, appended with optimistic concurrency and read one stream at a time or all together. Safe for use by
/// several threads; one instance serves the whole application.
/// </summary>
public interface IEventStore
{
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
    /// <exception cref="EventSerializationException">The event can't be written as JSON.</exception>
    /// <exception cref="EventTooLargeException">The event is larger than the store allows.</exception>
    /// <exception cref="EventStoreUnavailableException">The database can't be reached.</exception>
    /// <exception cref="EventStoreSchemaException">The store's tables are missing or out of date.</exception>
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

    /// <summary>Reads the events of one stream, page by page as they are asked for, in constant memory.</summary>
    /// <param name="stream">The stream.</param>
    /// <param name="options">From where, in which direction, how many; by default all, oldest first.</param>
    /// <param name="ct">Cancels the reading.</param>
    /// <returns>The events; none when reading starts beyond the end.</returns>
    /// <exception cref="StreamNotFoundException">The stream is missing.</exception>
    /// <exception cref="StreamDeletedException">The stream is deleted.</exception>
    IAsyncEnumerable<RecordedEvent> ReadStreamAsync(StreamName stream, ReadOptions? options = null, CancellationToken ct = default);

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
}
