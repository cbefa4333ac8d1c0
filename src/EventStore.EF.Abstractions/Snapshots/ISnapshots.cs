namespace EventStore.EF;

/// <summary>Stores one snapshot per stream and type.</summary>
public interface ISnapshots
{
    /// <summary>Stores a snapshot, replacing the one with the same source and type unless that one has a newer version.</summary>
    /// <returns>Whether it was stored; <see langword="false"/> if a newer one exists, which is kept.</returns>
    /// <exception cref="ArgumentException">
    /// The type or the version is invalid, or the payload isn't JSON although its content type says so.
    /// </exception>
    /// <exception cref="EventStoreUnavailableException">The database can't be reached.</exception>
    Task<bool> RecordAsync(Snapshot snapshot, CancellationToken cancellationToken = default);

    /// <summary>Reads the snapshot of a source and type; <see langword="null"/> if there is none.</summary>
    /// <exception cref="EventStoreUnavailableException">The database can't be reached.</exception>
    Task<Snapshot?> FindAsync(StreamName source, string type, CancellationToken cancellationToken = default);

    /// <summary>Removes the snapshot of a source and type; does nothing if there is none.</summary>
    /// <exception cref="EventStoreUnavailableException">The database can't be reached.</exception>
    Task DeleteAsync(StreamName source, string type, CancellationToken cancellationToken = default);
}
