namespace EventStore.EF;

/// <summary>
/// The caller's transaction conflicts with another one: a deadlock or, under REPEATABLE READ and SERIALIZABLE, a write to the stream after
/// this transaction began. Roll back and repeat the whole transaction, including what it reads.
/// </summary>
public sealed class TransactionConflictException : EventStoreException
{
    internal TransactionConflictException(StreamName stream, Exception? innerException = null)
        : base(
            $"The transaction conflicts with another one at stream '{stream}'. Roll it back and repeat all of it, including what it reads.",
            innerException)
        => Stream = stream;

    /// <summary>The stream in conflict.</summary>
    public StreamName Stream { get; }
}
