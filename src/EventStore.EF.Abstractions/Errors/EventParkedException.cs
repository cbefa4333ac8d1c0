namespace EventStore.EF;

/// <summary>The event that was waited for is parked: its handling failed, or it waits behind one of its key whose handling failed.</summary>
public sealed class EventParkedException : EventStoreException
{
    internal EventParkedException(SubscriptionName name, long position, string key, string? error)
        : base($"Subscription '{name}' has parked the event at {position} (key '{key}'): " +
            (error is null ? "it waits behind an earlier event of its key. " : $"{error} ") + "Replay or discard what is parked.")
    {
        Name = name;
        Position = position;
        Key = key;
        Error = error;
    }

    /// <summary>The subscription.</summary>
    public SubscriptionName Name { get; }

    /// <summary>The position that was waited for; for a subscription to one stream, the number in that stream.</summary>
    public long Position { get; }

    /// <summary>The partition key whose events wait.</summary>
    public string Key { get; }

    /// <summary>Why the event's handling failed; <see langword="null"/> when it waits behind another.</summary>
    public string? Error { get; }
}
