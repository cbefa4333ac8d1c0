namespace EventStore.EF;

/// <summary>Keeps one snapshot per stream and type.</summary>
public interface ISnapshots
{
    /// <summary>Keeps a snapshot in place of the one of its source and type, unless that one is of a newer version.</summary>
    /// <returns>Whether it is kept: <see langword="false"/> when a newer one stands, which stays.</returns>
    /// <exception cref="ArgumentException">The type or the version breaks its rule, or the payload isn't JSON where it is said to be.</exception>
    /// <exception cref="EventStoreUnavailableException">The database can't be reached.</exception>
    Task<bool> RecordAsync(Snapshot snapshot, CancellationToken ct = default);

    /// <summary>The snapshot of a source and type; <see langword="null"/> when there is none.</summary>
    /// <exception cref="EventStoreUnavailableException">The database can't be reached.</exception>
    Task<Snapshot?> ReadAsync(StreamName source, string type, CancellationToken ct = default);

    /// <summary>Removes the snapshot of a source and type; it may be absent.</summary>
    /// <exception cref="EventStoreUnavailableException">The database can't be reached.</exception>
    Task DeleteAsync(StreamName source, string type, CancellationToken ct = default);
}
