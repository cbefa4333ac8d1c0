namespace EventStore.EF;

/// <summary>The stream was not at the expected version. Nothing was written: load the stream again and decide again.</summary>
public sealed class WrongExpectedVersionException : EventStoreException
{
    internal WrongExpectedVersionException(StreamName stream, ExpectedVersion expected, long actual)
        : base(
            $"Stream '{stream}' was expected at version '{expected}', but is at {(actual == 0 ? "0 (it has no events)" : actual)}. " +
            "Nothing was written. Read the stream again and decide again.")
    {
        Stream = stream;
        Expected = expected;
        Actual = actual;
    }

    /// <summary>The stream in conflict.</summary>
    public StreamName Stream { get; }

    /// <summary>What the caller expected.</summary>
    public ExpectedVersion Expected { get; }

    /// <summary>The stream's version; 0 if it is missing.</summary>
    public long Actual { get; }
}
