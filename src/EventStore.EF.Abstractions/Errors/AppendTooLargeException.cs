namespace EventStore.EF;

/// <summary>The events of one append are too large in sum for one transaction's statement. Nothing was written: append them by several calls.</summary>
public sealed class AppendTooLargeException : EventStoreException
{
    internal AppendTooLargeException(int events, int fitting, long limit)
        : base($"One append of {events} events is too large: the first {fitting} of them reach {limit} bytes, which is the most of one call. Nothing was written; divide it into several.")
    {
        Events = events;
        Fitting = fitting;
        Limit = limit;
    }

    /// <summary>How many events the call has.</summary>
    public int Events { get; }

    /// <summary>How many of them, from the first, are within the limit.</summary>
    public int Fitting { get; }

    /// <summary>The greatest size allowed, in bytes.</summary>
    public long Limit { get; }
}
