namespace EventStore.EF;

/// <summary>A subscription can't be renamed because another one already has the new name.</summary>
public sealed class SubscriptionExistsException : EventStoreException
{
    internal SubscriptionExistsException(SubscriptionName name, StreamName? stream)
        : base(
            $"A subscription '{name}' to {(stream is { } of ? $"stream '{of}'" : "all events")} already exists. Delete it first, or " +
            "choose another name. Nothing was changed.")
    {
        Name = name;
        Stream = stream;
    }

    /// <summary>The name that is taken.</summary>
    public SubscriptionName Name { get; }

    /// <summary>The stream it reads; <see langword="null"/> for all events.</summary>
    public StreamName? Stream { get; }
}
