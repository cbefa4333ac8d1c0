namespace EventStore.EF;

/// <summary>No durable subscription has this name.</summary>
public sealed class SubscriptionNotFoundException : EventStoreException
{
    internal SubscriptionNotFoundException(SubscriptionName name, StreamName? stream)
        : base(
            $"There is no subscription '{name}' to {(stream is { } of ? $"stream '{of}'" : "all events")}. " +
            "A subscription is created the first time it is subscribed to.")
    {
        Name = name;
        Stream = stream;
    }

    /// <summary>The name asked for.</summary>
    public SubscriptionName Name { get; }

    /// <summary>The stream it was expected to read; <see langword="null"/> for all events.</summary>
    public StreamName? Stream { get; }
}
