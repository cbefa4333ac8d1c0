namespace EventStore.EF;

/// <summary>An event is larger than the store's options allow. Nothing was written.</summary>
public sealed class EventTooLargeException : EventStoreException
{
    internal EventTooLargeException(string eventType, long size, long limit)
        : base(
            $"An event '{eventType}' has {size} bytes with its metadata; EventStoreOptions.MaxEventSize allows {limit}. " +
            "Nothing was written.")
    {
        EventType = eventType;
        Size = size;
        Limit = limit;
    }

    /// <summary>The stored name of the event's type.</summary>
    public string EventType { get; }

    /// <summary>The size of payload and metadata, in bytes.</summary>
    public long Size { get; }

    /// <summary>The maximum size, in bytes.</summary>
    public long Limit { get; }
}
