namespace EventStore.EF;

/// <summary>The stream doesn't exist.</summary>
public sealed class StreamNotFoundException : EventStoreException
{
    internal StreamNotFoundException(StreamName stream)
        : base($"Stream '{stream}' doesn't exist.")
        => Stream = stream;

    /// <summary>The stream asked for.</summary>
    public StreamName Stream { get; }
}
