namespace EventStore.EF;

/// <summary>The database can't be reached, refused the connection, or closed it.</summary>
public sealed class EventStoreUnavailableException : EventStoreException
{
    internal EventStoreUnavailableException(string message, bool outcomeUnknown, Exception? innerException = null)
        : base(message, innerException)
        => OutcomeUnknown = outcomeUnknown;

    /// <summary>
    /// Whether the operation may have succeeded anyway, because the connection broke after it was sent. Repeating the same call with the
    /// same <see cref="NewEvent"/> objects is safe: nothing is written twice.
    /// </summary>
    public bool OutcomeUnknown { get; }
}
