namespace EventStore.EF;

/// <summary>
/// The events of one append are too large in total for one statement. Nothing was written; split them into several calls.
/// </summary>
public sealed class AppendTooLargeException : EventStoreException
{
    internal AppendTooLargeException(int events, int fitting, long limit)
        : base(
            $"An append of {events} events is too large: only the first {fitting} fit into {limit} bytes, the maximum for one call. " +
            "Nothing was written. Split it into several appends.")
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
