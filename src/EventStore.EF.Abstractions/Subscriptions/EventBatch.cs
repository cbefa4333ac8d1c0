namespace EventStore.EF;

/// <summary>
/// Events delivered together, in order: of one stream, with one correlation id, at most <see cref="SubscriptionOptions.BatchSize"/>.
/// Acknowledge the batch when its events are handled.
/// </summary>
public sealed class EventBatch
{
    private readonly Lazy<IReadOnlyList<object?>> _mapped;

    /// <summary>Creates a batch of events. Subscriptions do this; tests of consumers may, too.</summary>
    /// <param name="events">At least one, of one stream.</param>
    /// <param name="isReplay">Whether the event was parked before.</param>
    public EventBatch(IReadOnlyList<RecordedEvent> events, bool isReplay = false)
        : this(events, null, isReplay, null)
    {
    }

    internal EventBatch(IReadOnlyList<RecordedEvent> events, IReadOnlyList<object?>? mapped, bool isReplay, object? origin)
    {
        ArgumentNullException.ThrowIfNull(events);
        ArgumentOutOfRangeException.ThrowIfZero(events.Count, nameof(events));
        Events = events;
        IsReplay = isReplay;
        Origin = origin;
        _mapped = new(() => mapped ?? [.. events.SelectMany(@event => @event.Parts)]);
    }

    /// <summary>The events, in order.</summary>
    public IReadOnlyList<RecordedEvent> Events { get; }

    /// <summary>
    /// The result of <see cref="ConsumerOptions.Mapper"/> for each event; without a mapper, the events' typed data in their newest
    /// versions, read on first use.
    /// </summary>
    /// <exception cref="UnknownEventTypeException">No known type has the stored name and version.</exception>
    /// <exception cref="EventDeserializationException">A payload can't be read as its type.</exception>
    public IReadOnlyList<object?> Mapped => _mapped.Value;

    /// <summary>The stream that the events were appended to.</summary>
    public StreamName StreamName => Events[0].StreamName;

    /// <summary>The correlation id that the events have in common, if any.</summary>
    public Guid? CorrelationId => Events[0].CorrelationId;

    /// <summary>Whether the batch is a single event that was parked and is replayed.</summary>
    public bool IsReplay { get; }

    /// <summary>The target of acknowledgements.</summary>
    internal object? Origin { get; }
}
