namespace EventStore.EF;

/// <summary>The options of the SQLite provider.</summary>
public sealed class SqliteOptions
{
    /// <summary>
    /// The length, in bytes, at which the write-ahead log beside the database (<c>shop.db-wal</c>) is emptied into the database file; 64
    /// MiB by default, at least 1 MiB. Usually it stays at 16 MB. Readers that overlap without end would let it grow for as long as they
    /// do: from this length on, the next write waits up to 100 ms until they have finished their page. It grows further only while a reader
    /// of the application keeps one transaction or data reader open.
    /// </summary>
    public long MaxLogBytes { get; set; } = 64 << 20;

    internal SqliteOptions Checked()
        => MaxLogBytes >= 1 << 20
            ? this
            : throw new ArgumentOutOfRangeException(
                nameof(MaxLogBytes), MaxLogBytes, "SqliteOptions.MaxLogBytes is the length of a file in bytes, at least 1 MiB (1048576).");
}
