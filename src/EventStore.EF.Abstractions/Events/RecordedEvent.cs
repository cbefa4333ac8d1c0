namespace EventStore.EF;

/// <summary>A stored event. Immutable and thread-safe.</summary>
public sealed class RecordedEvent
{
    private readonly IStoredEventReader _reader;
    private IReadOnlyList<object>? _parts;
    private EventMetadata? _metadata;
    private StreamName _streamName;

    /// <summary>
    /// Creates a stored event. The store does this; in tests, <see cref="EventContext.For"/> gives one that nothing has stored.
    /// </summary>
    /// <param name="catalog">Reads <see cref="Data"/> from <see cref="Payload"/>: an <see cref="EventCatalog"/>.</param>
    public RecordedEvent(IStoredEventReader catalog)
    {
        ArgumentNullException.ThrowIfNull(catalog);
        _reader = catalog;
    }

    /// <summary>The event's id, unique in the store.</summary>
    public required Guid EventId { get; init; }

    /// <summary>The event's position in the store: strictly increasing, with gaps, never reused.</summary>
    public required long Position { get; init; }

    /// <summary>The stream the event was appended to.</summary>
    public required StreamName StreamName
    {
        get => _streamName;
        init => _streamName = value;
    }

    /// <summary>The event's version: its number in the stream it was appended to, 1, 2, 3 … without gaps.</summary>
    public required long StreamVersion { get; init; }

    /// <summary>
    /// The event's number in what is being read: <see cref="StreamVersion"/> in its own stream, the link's number in a stream that links
    /// it, and <see cref="Position"/> among all events.
    /// </summary>
    public required long Number { get; init; }

    /// <summary>The stored name of the event's type.</summary>
    public required string EventType { get; init; }

    /// <summary>The version of the type's shape that was stored.</summary>
    public required int SchemaVersion { get; init; }

    /// <summary>The stored bytes: UTF-8 JSON if <see cref="ContentType"/> is <c>application/json</c>.</summary>
    public required ReadOnlyMemory<byte> Payload { get; init; }

    /// <summary>The media type of <see cref="Payload"/>; <c>application/json</c> by default.</summary>
    public string ContentType { get; init; } = ContentTypes.Json;

    /// <summary>The metadata stored with the event; empty if none was given.</summary>
    public EventMetadata Metadata
    {
        get => _metadata ??= EventMetadata.FromJson(MetadataJson.Span);
        init => _metadata = value;
    }

    /// <summary>The id shared by everything caused by one request or process, if any.</summary>
    public Guid? CorrelationId { get; init; }

    /// <summary>The id of the event or command that caused this event, if any.</summary>
    public Guid? CausationId { get; init; }

    /// <summary>When the event was appended, in UTC, by the database's clock unless the append set another time.</summary>
    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>The stored bytes of <see cref="Metadata"/>, which is read on first use.</summary>
    internal ReadOnlyMemory<byte> MetadataJson { get; init; }

    /// <summary>The size of payload and metadata, in bytes.</summary>
    internal int Size => Payload.Length + MetadataJson.Length;

    /// <summary>
    /// The event itself in its newest version, read from <see cref="Payload"/> on first use and cached. An event that an
    /// <see cref="ISplittingUpcaster{TOld}"/> turns into several, or into none, has <see cref="Parts"/> instead.
    /// </summary>
    /// <exception cref="UnknownEventTypeException">No known type has the stored name and version.</exception>
    /// <exception cref="EventDeserializationException">The payload can't be read as that type, or an upcaster threw.</exception>
    /// <exception cref="InvalidOperationException">The event is read as several events, or as none.</exception>
    public object Data => Parts is [var data]
        ? data
        : throw new InvalidOperationException(
            $"Event {StreamVersion} of stream '{StreamName}', stored as '{EventType}', is read as {Parts.Count} events. " +
            "Use RecordedEvent.Parts.");

    /// <summary>
    /// The stored event in today's form: <see cref="Data"/> alone, unless an upcaster turns it into several events, or into none. Position,
    /// version and ids are those of the stored event, which handlers and checkpoints pass as a whole.
    /// </summary>
    /// <exception cref="UnknownEventTypeException">No known type has the stored name and version.</exception>
    /// <exception cref="EventDeserializationException">The payload can't be read as that type, or an upcaster threw.</exception>
    public IReadOnlyList<object> Parts => _parts ??= _reader.Read(this);

    /// <summary>Sets the stream of an event that was read before the name was known, and that nobody has seen yet.</summary>
    internal void NameStream(StreamName stream) => _streamName = stream;

    /// <summary>Returns the event itself as <typeparamref name="TEvent"/>.</summary>
    /// <exception cref="UnknownEventTypeException">No known type has the stored name and version.</exception>
    /// <exception cref="EventDeserializationException">The payload can't be read as its type, or an upcaster threw.</exception>
    /// <exception cref="InvalidCastException">The event is of another type.</exception>
    /// <exception cref="InvalidOperationException">The event is read as several events, or as none.</exception>
    public TEvent As<TEvent>() => Data is TEvent data
        ? data
        : throw new InvalidCastException(
            $"Event {StreamVersion} of stream '{StreamName}' is '{EventType}', read as {Data.GetType()}, not as {typeof(TEvent)}.");
}
