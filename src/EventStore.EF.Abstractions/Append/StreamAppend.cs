namespace EventStore.EF;

/// <summary>
/// What one call of <see cref="IEventStreams.AppendManyAsync(IReadOnlyCollection{StreamAppend}, CancellationToken)"/> does to one of
/// its streams: appends events, or only demands that the stream is as expected.
/// </summary>
public sealed class StreamAppend
{
    /// <summary>Events for a stream.</summary>
    /// <param name="stream">The stream; created when it is missing and <paramref name="expected"/> allows it.</param>
    /// <param name="expected">What the stream must be like.</param>
    /// <param name="events">The events, at least one; see <see cref="Condition"/> for none.</param>
    /// <exception cref="ArgumentException">There are no events, or the stream has no name.</exception>
    public StreamAppend(StreamName stream, ExpectedVersion expected, params IReadOnlyCollection<NewEvent> events)
        : this(stream, expected, events, isCondition: false)
    {
        if (events.Count == 0)
            throw new ArgumentException($"An append to stream '{stream}' has no events; it takes at least one. StreamAppend.Condition only looks at a stream.", nameof(events));
    }

    private StreamAppend(StreamName stream, ExpectedVersion expected, IReadOnlyCollection<NewEvent> events, bool isCondition)
    {
        _ = stream.Value;
        ArgumentNullException.ThrowIfNull(events);
        Stream = stream;
        Expected = expected;
        Events = events;
        IsCondition = isCondition;
    }

    /// <summary>The stream.</summary>
    public StreamName Stream { get; }

    /// <summary>What the stream must be like.</summary>
    public ExpectedVersion Expected { get; }

    /// <summary>The events, in order; none for a condition.</summary>
    public IReadOnlyCollection<NewEvent> Events { get; }

    /// <summary>Whether nothing is written to the stream.</summary>
    public bool IsCondition { get; }

    /// <summary>
    /// The time stored with the events, and with a stream that this append creates, instead of that of the database's clock: for the
    /// import of old data. By default <see langword="null"/>, the database's clock. Stored to the microsecond, on SQLite to the
    /// millisecond.
    /// </summary>
    public DateTimeOffset? CreatedAt { get; init; }

    /// <summary>
    /// Demands that a stream is as expected, and stays so until what is appended beside it is committed, without writing to it. Its
    /// <see cref="AppendResult"/> has the stream's version and no positions.
    /// </summary>
    /// <param name="stream">The stream.</param>
    /// <param name="expected">A version, <see cref="ExpectedVersion.NoStream"/> or <see cref="ExpectedVersion.StreamExists"/>.</param>
    /// <exception cref="ArgumentException"><see cref="ExpectedVersion.Any"/> is no condition, or the stream has no name.</exception>
    public static StreamAppend Condition(StreamName stream, ExpectedVersion expected)
        => expected == ExpectedVersion.Any
            ? throw new ArgumentException($"ExpectedVersion.Any is no condition on stream '{stream}': it always holds.", nameof(expected))
            : new(stream, expected, [], isCondition: true);
}
