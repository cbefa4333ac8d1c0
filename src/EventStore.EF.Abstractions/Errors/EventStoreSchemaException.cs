namespace EventStore.EF;

/// <summary>The store's tables are missing or out of date. The message contains the command to run.</summary>
public sealed class EventStoreSchemaException : EventStoreException
{
    internal EventStoreSchemaException(string message, string schema, Exception? innerException = null)
        : base(message, innerException)
        => Schema = schema;

    /// <summary>The schema that was checked.</summary>
    public string Schema { get; }
}
