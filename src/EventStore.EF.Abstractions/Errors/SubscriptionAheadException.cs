namespace EventStore.EF;

/// <summary>
/// A subscription has received events that are no longer in the store: a stand-by that had fallen behind has taken over, or the database was
/// restored to an earlier state. Events acknowledged in between are lost. The subscription restarts from its stored checkpoint.
/// </summary>
public sealed class SubscriptionAheadException : EventStoreException
{
    internal SubscriptionAheadException(SubscriptionName name, StreamName? stream, long position, long head)
        : base(
            (stream is { } one
                ? $"Subscription '{name}' has received event {position} of stream '{one}', which is no longer there: the stream ends at {head}"
                : $"Subscription '{name}' has received the event at position {position}, which is no longer in the store: it ends at {head}") +
            ". A stand-by that had fallen behind has taken over, or the database was restored to an earlier state. Events after that state are lost. The subscription begins again at its stored checkpoint.")
    {
        Name = name;
        Position = position;
        Head = head;
    }

    /// <summary>The subscription.</summary>
    public SubscriptionName Name { get; }

    /// <summary>The place of the last event it received, which is gone: its position, or its number in the subscribed stream.</summary>
    public long Position { get; }

    /// <summary>The place of the last event that exists now; 0 if there is none.</summary>
    public long Head { get; }
}
