namespace EventStore.EF;

/// <summary>What a handler knows of the event that it handles, besides the event itself.</summary>
public sealed class EventContext
{
    private static readonly AsyncLocal<EventContext?> Ambient = new();
    private volatile bool _isOver;

    /// <summary>What a handler knows of the event that it handles. The store makes these; tests of handlers may make their own.</summary>
    /// <param name="event">The event as it stands in the store.</param>
    /// <param name="subscription">The subscription that delivers it.</param>
    /// <param name="attempt">1 for the first delivery in this process, 2 for the first repetition, and so on.</param>
    public EventContext(RecordedEvent @event, SubscriptionName subscription, int attempt = 1)
    {
        ArgumentNullException.ThrowIfNull(@event);
        ArgumentOutOfRangeException.ThrowIfLessThan(attempt, 1);
        Event = @event;
        Subscription = subscription;
        Attempt = attempt;
    }

    /// <summary>
    /// The context of the event being handled, or <see langword="null"/> outside a handler. Events appended meanwhile take their
    /// correlation and causation ids from it. It ends with the handler, also for work that the handler started and left running.
    /// </summary>
    public static EventContext? Current => Ambient.Value is { _isOver: false } current ? current : null;

    /// <summary>The event as it stands in the store.</summary>
    public RecordedEvent Event { get; }

    /// <summary>The subscription that delivers the event.</summary>
    public SubscriptionName Subscription { get; }

    /// <summary>1 for the first delivery in this process, 2 for the first repetition after an error, and so on.</summary>
    public int Attempt { get; }

    /// <summary>The event's place in the whole store; a handler that stores it can tell a repeated delivery.</summary>
    public long Position => Event.Position;

    /// <summary>The stream that the event was appended to.</summary>
    public StreamName StreamName => Event.StreamName;

    /// <summary>The event's place in its stream.</summary>
    public long StreamVersion => Event.StreamVersion;

    /// <summary>When the event was appended, by the database's clock.</summary>
    public DateTimeOffset CreatedAt => Event.CreatedAt;

    /// <summary>Makes <paramref name="context"/> the ambient one in the current asynchronous flow.</summary>
    internal static void SetCurrent(EventContext? context) => Ambient.Value = context;

    /// <summary>The handler is at its end: the context is nobody's current one any more.</summary>
    internal void End() => _isOver = true;
}
