namespace EventStore.EF;

/// <summary>
/// A subscription has received events that are no longer in the store: a stand-by that had fallen behind has taken over, or the database
/// was restored to an earlier state. Events acknowledged in between are lost. The subscription restarts from its stored checkpoint.
/// </summary>
public sealed class SubscriptionAheadException : EventStoreException
{
    internal SubscriptionAheadException(SubscriptionName name, StreamName? stream, long position, long head)
        : base(
            $"Subscription '{name}' has received " +
            (stream is { } one
                ? $"event {position} of stream '{one}', which no longer exists: the stream ends at {head}. "
                : $"the event at position {position}, which no longer exists: the store ends at {head}. ") +
            "A stand-by that had fallen behind has taken over, or the database was restored to an earlier state. Events after that " +
            "state are lost. The subscription restarts from its stored checkpoint.")
    {
        Name = name;
        Position = position;
        Head = head;
    }

    /// <summary>The subscription.</summary>
    public SubscriptionName Name { get; }

    /// <summary>The position of the last event it received, which is gone: its position, or its number in the subscribed stream.</summary>
    public long Position { get; }

    /// <summary>The position of the last event that exists now; 0 if there is none.</summary>
    public long Head { get; }
}
