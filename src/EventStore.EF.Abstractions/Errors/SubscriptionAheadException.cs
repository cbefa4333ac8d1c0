namespace EventStore.EF;

/// <summary>
/// A subscription has received events that are no longer in the store: a stand-by that had fallen behind has taken over, or the database was
/// restored to an earlier state. What was acknowledged in between is lost. The subscription begins again at its stored checkpoint.
/// </summary>
public sealed class SubscriptionAheadException : EventStoreException
{
    internal SubscriptionAheadException(SubscriptionName name, long position, long head)
        : base(
            $"Subscription '{name}' has received events up to position {position}, and the last of them is no longer in the store, which ends at {head}: " +
            "a stand-by that had fallen behind has taken over, or the database was restored to an earlier state. Events after that state are lost. The subscription begins again at its stored checkpoint.")
    {
        Name = name;
        Position = position;
        Head = head;
    }

    /// <summary>The subscription.</summary>
    public SubscriptionName Name { get; }

    /// <summary>The position of the last event that it received, which is gone.</summary>
    public long Position { get; }

    /// <summary>The position of the last event in the store; 0 when it is empty.</summary>
    public long Head { get; }
}
