namespace EventStore.EF;

/// <summary>The awaited event is parked: handling it failed, or it waits behind an event of its key that failed.</summary>
public sealed class EventParkedException : EventStoreException
{
    internal EventParkedException(SubscriptionName name, long position, string key, string? error)
        : base($"Subscription '{name}' has parked the event at {position} (key '{key}'): " +
            (error is null ? "it waits behind an earlier event of its key. " : $"{error} ") + "Replay or discard the parked events.")
    {
        Name = name;
        Position = position;
        Key = key;
        Error = error;
    }

    /// <summary>The subscription.</summary>
    public SubscriptionName Name { get; }

    /// <summary>The awaited position; for a subscription to one stream, the number in that stream.</summary>
    public long Position { get; }

    /// <summary>The partition key whose events wait.</summary>
    public string Key { get; }

    /// <summary>Why handling the event failed; <see langword="null"/> if it waits behind another one.</summary>
    public string? Error { get; }
}
