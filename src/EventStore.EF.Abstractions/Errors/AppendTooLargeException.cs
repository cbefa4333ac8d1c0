namespace EventStore.EF;

/// <summary>
/// The events of one append are too large in total for one statement. Nothing was written; split them into several calls.
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

    /// <summary>The number of events in the call.</summary>
    public int Events { get; }

    /// <summary>The number of events, counted from the first, that fit within the limit.</summary>
    public int Fitting { get; }

    /// <summary>
    /// The maximum size, in bytes, of payloads, metadata and type names, plus 128 bytes per event for everything else that is stored.
    /// </summary>
    public long Limit { get; }
}
