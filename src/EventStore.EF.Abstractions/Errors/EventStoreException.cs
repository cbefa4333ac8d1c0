namespace EventStore.EF;

/// <summary>An outcome of the store that a caller may expect. Each has a class of its own, with the values that matter.</summary>
public abstract class EventStoreException : Exception
{
    private protected EventStoreException(string message, Exception? innerException = null)
        : base(message, innerException)
    {
    }
}
