using EventStore.EF.Sqlite.Storage;
using EventStore.EF.Store;

namespace EventStore.EF;

/// <summary>What a store in SQLite can do beyond others.</summary>
public static class SqliteEventStoreExtensions
{
    /// <summary>
    /// Copies the whole database file, with the application's own tables in it, as it is at the time of the call: events, snapshots,
    /// and subscriptions with their checkpoints. Appends go on meanwhile; the write-ahead log can't be emptied until the copy is done,
    /// and grows by what is written.
    /// </summary>
    /// <param name="store">A store in SQLite.</param>
    /// <param name="path">
    /// The new file, in a folder that exists. It appears when it is whole and on disk, and needs no other file beside it.
    /// </param>
    /// <param name="progress">Is told after every 4 MB.</param>
    /// <param name="cancellationToken">Cancels the copy; nothing is left of it.</param>
    /// <exception cref="ArgumentException">
    /// The store is not in SQLite, the file exists, or its folder does not.
    /// </exception>
    /// <exception cref="EventStoreUnavailableException">A file can't be read or written; for instance, the disk is full.</exception>
    public static Task BackupAsync(
        this IEventStore store, string path, IProgress<SqliteBackupProgress>? progress = null,
        CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(store);
        return store is RelationalEventStore relational
            ? relational.RunAsync<SqliteStorage>((storage, ct) => storage.BackUpAsync(path, progress, ct), cancellationToken)
            : throw new ArgumentException("The store is not in SQLite. Use the backup of its database.", nameof(store));
    }
}
