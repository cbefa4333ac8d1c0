namespace EventStore.EF;

/// <summary>
/// The events of one append are too large in sum for one statement. Nothing was written: append them by several calls.
/// </summary>
public sealed class AppendTooLargeException : EventStoreException
{
    internal AppendTooLargeException(int events, int fitting, long limit)
        : base(
            $"One append of {events} events is too large: only the first {fitting} of them fit into {limit} bytes, which is the most that " +
            "one call takes. Nothing was written; divide it into several.")
    {
        Events = events;
        Fitting = fitting;
        Limit = limit;
    }

    /// <summary>How many events the call has.</summary>
    public int Events { get; }

    /// <summary>How many of them, from the first, are within the limit.</summary>
    public int Fitting { get; }

    /// <summary>
    /// The greatest size allowed, in bytes: of payloads, metadata and names of types, with 128 bytes for what is stored beside each event.
    /// </summary>
    public long Limit { get; }
}
