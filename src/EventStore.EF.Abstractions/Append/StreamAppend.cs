namespace EventStore.EF;

/// <summary>
/// One stream's share of a call of <see cref="IEventStreams.AppendManyAsync(IReadOnlyCollection{StreamAppend}, CancellationToken)"/>:
/// events to append, or only the condition that the stream is at the expected version.
/// </summary>
public sealed class StreamAppend
{
    /// <summary>Creates an append of events to a stream.</summary>
    /// <param name="stream">The stream; created if it is missing and <paramref name="expected"/> allows it.</param>
    /// <param name="expected">The version that the stream must have.</param>
    /// <param name="events">The events, at least one; see <see cref="Condition"/> for none.</param>
    /// <exception cref="ArgumentException">There are no events, or the stream has no name.</exception>
    public StreamAppend(StreamName stream, ExpectedVersion expected, params IReadOnlyCollection<NewEvent> events)
        : this(stream, expected, events, isCondition: false)
    {
        if (events.Count == 0)
        {
            throw new ArgumentException(
                $"An append to stream '{stream}' has no events. Pass at least one, or use StreamAppend.Condition to only check the stream.",
                nameof(events));
        }
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

    /// <summary>The version that the stream must have.</summary>
    public ExpectedVersion Expected { get; }

    /// <summary>The events, in order; none for a condition.</summary>
    public IReadOnlyCollection<NewEvent> Events { get; }

    /// <summary>Whether nothing is written to the stream.</summary>
    public bool IsCondition { get; }

    /// <summary>
    /// The time to store with the events, and with a stream that this append creates, instead of the time of the database's clock; for
    /// importing old data. <see langword="null"/> by default, for the database's clock. Stored to the microsecond, on SQLite to the
    /// millisecond.
    /// </summary>
    public DateTimeOffset? CreatedAt { get; init; }

    /// <summary>
    /// Requires that a stream is at the expected version and stays there until the accompanying appends are committed, without writing to
    /// it. Its <see cref="AppendResult"/> has the stream's version and no positions.
    /// </summary>
    /// <param name="stream">The stream.</param>
    /// <param name="expected">A version, <see cref="ExpectedVersion.NoStream"/> or <see cref="ExpectedVersion.StreamExists"/>.</param>
    /// <exception cref="ArgumentException"><see cref="ExpectedVersion.Any"/> is not a condition, or the stream has no name.</exception>
    public static StreamAppend Condition(StreamName stream, ExpectedVersion expected)
        => expected == ExpectedVersion.Any
            ? throw new ArgumentException(
                $"ExpectedVersion.Any is not a condition on stream '{stream}': it always holds.", nameof(expected))
            : new(stream, expected, [], isCondition: true);
}
