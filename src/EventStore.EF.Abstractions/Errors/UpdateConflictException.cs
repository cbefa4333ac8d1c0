namespace EventStore.EF;

/// <summary>
/// Other writers were faster at every attempt of an update. Nothing was written; the update can be retried later.
/// </summary>
public sealed class UpdateConflictException : EventStoreException
{
    internal UpdateConflictException(StreamName stream, int attempts, Exception innerException)
        : base(
            $"The update of stream '{stream}' was given up after {attempts} attempts, because others wrote to the stream each time. " +
            "Nothing was written. Try again later, decide faster, or raise EventStoreOptions.MaxUpdateAttempts.", innerException)
    {
        Stream = stream;
        Attempts = attempts;
    }

    /// <summary>The stream.</summary>
    public StreamName Stream { get; }

    /// <summary>The number of attempts.</summary>
    public int Attempts { get; }
}
