namespace EventStore.EF.Storage;

/// <summary>The kind of an operation on the storage.</summary>
/// <param name="Stream">The stream concerned, if any.</param>
/// <param name="IsWrite">Whether it writes, so that its outcome is unknown if the connection breaks.</param>
/// <param name="IsCallers">Whether it runs inside the caller's transaction, and so can't be retried.</param>
internal readonly record struct StorageOperation(StreamName? Stream, bool IsWrite, bool IsCallers)
{
    /// <summary>Whether it appends or links events, so that its retries are counted.</summary>
    public bool IsAppend { get; init; }

    /// <summary>Reading outside any stream.</summary>
    public static StorageOperation Read => default;

    /// <summary>Reading outside any stream once, without retries: the caller wants to know how it is now, and asks again later.</summary>
    public static StorageOperation ReadOnce => new() { IsOnce = true };

    /// <summary>Whether it is never retried.</summary>
    public bool IsOnce { get; init; }
}
