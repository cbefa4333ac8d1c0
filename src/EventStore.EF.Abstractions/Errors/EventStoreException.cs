namespace EventStore.EF;

/// <summary>The base of all outcomes that a caller can expect and handle. Each has its own class, with the values that matter.</summary>
public abstract class EventStoreException : Exception
{
    private protected EventStoreException(string message, Exception? innerException = null)
        : base(message, innerException)
    {
    }
}
