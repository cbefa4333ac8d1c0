namespace EventStore.EF;

/// <summary>The context of an event for its handler: subscription, attempt and origin.</summary>
public sealed partial class EventContext
{
    private static readonly AsyncLocal<EventContext?> Ambient = new();
    private volatile bool _isOver;

    /// <summary>Creates a context. The store does this; tests of handlers use <see cref="For"/>.</summary>
    /// <param name="event">The event as stored.</param>
    /// <param name="subscription">The subscription that delivers it.</param>
    /// <param name="attempt">1 for the first attempt in this process, 2 for the first retry, and so on.</param>
    public EventContext(RecordedEvent @event, SubscriptionName subscription, int attempt = 1)
    {
        ArgumentNullException.ThrowIfNull(@event);
        ArgumentOutOfRangeException.ThrowIfLessThan(attempt, 1);
        Event = @event;
        Subscription = subscription;
        Attempt = attempt;
    }

    /// <summary>
    /// The context of the event being handled; <see langword="null"/> outside a handler. Events appended by the handler take their
    /// correlation and causation ids from it. It ends with the handler, even for work that the handler left running.
    /// </summary>
    public static EventContext? Current => Ambient.Value is { _isOver: false } current ? current : null;

    /// <summary>The event as stored.</summary>
    public RecordedEvent Event { get; }

    /// <summary>The subscription that delivers the event.</summary>
    public SubscriptionName Subscription { get; }

    /// <summary>1 for the first attempt in this process, 2 for the first retry after an error, and so on.</summary>
    public int Attempt { get; }

    /// <summary>The event's position in the store. A handler that stores it can detect repeated deliveries.</summary>
    public long Position => Event.Position;

    /// <summary>The stream the event was appended to.</summary>
    public StreamName StreamName => Event.StreamName;

    /// <summary>The event's version: its number in its stream.</summary>
    public long StreamVersion => Event.StreamVersion;

    /// <summary>When the event was appended, by the database's clock.</summary>
    public DateTimeOffset CreatedAt => Event.CreatedAt;

    /// <summary>Makes <paramref name="context"/> the ambient one in the current asynchronous flow.</summary>
    internal static void SetCurrent(EventContext? context) => Ambient.Value = context;

    /// <summary>Ends the context with its handler: it is no longer current anywhere.</summary>
    internal void End() => _isOver = true;
}
