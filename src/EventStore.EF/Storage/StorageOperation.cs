namespace EventStore.EF;

/// <summary>What kind of work is done with the storage.</summary>
/// <param name="Stream">The stream it concerns, if it concerns one.</param>
/// <param name="IsWrite">Whether the outcome is unknown when the connection breaks.</param>
/// <param name="IsCallers">Whether it runs inside a transaction of the caller's, and so can't be repeated.</param>
internal readonly record struct StorageOperation(StreamName? Stream, bool IsWrite, bool IsCallers)
{
    /// <summary>Reading outside any stream.</summary>
    public static StorageOperation Read => default;
}
