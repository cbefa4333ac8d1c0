namespace EventStore.EF;

/// <summary>An event's serializer can't write it. Nothing was written to the store.</summary>
public sealed class EventSerializationException : EventStoreException
{
    internal EventSerializationException(string eventType, Type clrType, Exception innerException)
        : base(
            $"An event '{eventType}' ({clrType}) can't be serialized: {innerException.Message} Nothing was written to the store.",
            innerException)
    {
        EventType = eventType;
        ClrType = clrType;
    }

    /// <summary>The stored name of the event's type.</summary>
    public string EventType { get; }

    /// <summary>The event's type.</summary>
    public Type ClrType { get; }
}
