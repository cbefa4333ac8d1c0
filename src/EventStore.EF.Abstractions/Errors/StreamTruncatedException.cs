namespace EventStore.EF;

/// <summary>
/// A state can't be loaded: the beginning of its stream was truncated, and no snapshot of the state covers the missing events. Folding the
/// rest would produce a wrong state.
/// </summary>
public sealed class StreamTruncatedException : EventStoreException
{
    internal StreamTruncatedException(StreamName stream, long oldestVersion, long? snapshotVersion)
        : base(
            $"The state of stream '{stream}' can't be loaded: its events before version {oldestVersion} were truncated, and " +
            (snapshotVersion is { } version ? $"the state's snapshot is of version {version}. " : "the state has no snapshot. ") +
            $"Record a snapshot of version {oldestVersion - 1} or later, or read what is left with ReadStreamAsync. " +
            "Before you truncate a stream, let its state record snapshots by [State(SnapshotEvery = …)].")
    {
        Stream = stream;
        OldestVersion = oldestVersion;
        SnapshotVersion = snapshotVersion;
    }

    /// <summary>The stream.</summary>
    public StreamName Stream { get; }

    /// <summary>The first remaining version; if everything was truncated, one more than the stream's version.</summary>
    public long OldestVersion { get; }

    /// <summary>The version of the state's snapshot, which is too old; <see langword="null"/> if there is none.</summary>
    public long? SnapshotVersion { get; }
}
