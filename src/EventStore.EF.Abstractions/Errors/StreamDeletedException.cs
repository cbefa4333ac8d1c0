namespace EventStore.EF;

/// <summary>
/// The stream is deleted: it can't be read, appended to or linked to. <see cref="IStreamAdministration.UndeleteAsync"/> restores it.
/// </summary>
public sealed class StreamDeletedException : EventStoreException
{
    internal StreamDeletedException(StreamName stream)
        : base($"Stream '{stream}' is deleted: it can't be read, appended to or linked to. Streams.UndeleteAsync restores it.")
        => Stream = stream;

    /// <summary>The deleted stream.</summary>
    public StreamName Stream { get; }
}
