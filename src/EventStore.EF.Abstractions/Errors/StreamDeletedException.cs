namespace EventStore.EF;

/// <summary>The stream is deleted: it can't be read or appended to.</summary>
public sealed class StreamDeletedException : EventStoreException
{
    internal StreamDeletedException(StreamName stream)
        : base($"Stream '{stream}' is deleted; it can't be read or appended to.")
        => Stream = stream;

    /// <summary>The deleted stream.</summary>
    public StreamName Stream { get; }
}
