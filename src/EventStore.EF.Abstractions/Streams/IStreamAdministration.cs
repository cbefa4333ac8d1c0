namespace EventStore.EF;

/// <summary>
/// Looks at streams, deletes and truncates them. What an operation demands of a stream is checked in the same statement that changes
/// it, so no append slips in between.
/// </summary>
public interface IStreamAdministration
{
    /// <summary>What the store knows of a stream, deleted ones included; <see langword="null"/> when it is missing.</summary>
    /// <exception cref="EventStoreUnavailableException">The database can't be reached.</exception>
    /// <exception cref="EventStoreSchemaException">The store's tables are missing or out of date.</exception>
    Task<StreamInfo?> GetAsync(StreamName stream, CancellationToken ct = default);

    /// <summary>Lists streams, page by page as they are asked for, each page by key: constant memory, and no stream twice in the order of names.</summary>
    /// <param name="options">Which streams, in which order; by default all that are not deleted, by name.</param>
    /// <param name="ct">Cancels the listing.</param>
    /// <exception cref="ArgumentException">An option breaks its rule.</exception>
    IAsyncEnumerable<StreamInfo> ListAsync(StreamListOptions? options = null, CancellationToken ct = default);

    /// <summary>
    /// Deletes a stream reversibly: it can no longer be read, appended or linked to, its name stays taken. Its events stay where all
    /// events are read and in the streams they are linked into.
    /// </summary>
    /// <exception cref="WrongExpectedVersionException">The stream is not at the expected version.</exception>
    /// <exception cref="StreamNotFoundException">The stream is missing.</exception>
    /// <exception cref="StreamDeletedException">The stream is deleted already.</exception>
    Task DeleteAsync(StreamName stream, ExpectedVersion expected, CancellationToken ct = default);

    /// <summary>Takes a deletion back; a stream that isn't deleted stays as it is.</summary>
    /// <exception cref="StreamNotFoundException">The stream is missing, or was deleted for good.</exception>
    Task UndeleteAsync(StreamName stream, CancellationToken ct = default);

    /// <summary>
    /// Removes a stream for good, a deleted one too: its name, its own events, every link to them in other streams, and the snapshots made
    /// of it. Events of other streams that were linked into it stay. The name may be used again, from version 1 on, and so may the events' ids.
    /// </summary>
    /// <exception cref="NotSupportedException">The store's options don't allow it: <c>EventStoreOptions.AllowHardDelete</c>.</exception>
    /// <exception cref="WrongExpectedVersionException">The stream is not at the expected version.</exception>
    /// <exception cref="StreamNotFoundException">The stream is missing.</exception>
    Task HardDeleteAsync(StreamName stream, ExpectedVersion expected, CancellationToken ct = default);

    /// <summary>
    /// Removes a stream's events with numbers below <paramref name="beforeVersion"/> for good, and every link to them in other streams.
    /// The numbers of the rest don't change; the stream's version doesn't either, even when nothing is left.
    /// </summary>
    /// <param name="stream">The stream.</param>
    /// <param name="beforeVersion">The number of the first event that is kept, at least 1. Repeating it, or a lower one, changes nothing.</param>
    /// <param name="ct">Cancels waiting.</param>
    /// <exception cref="StreamNotFoundException">The stream is missing.</exception>
    /// <exception cref="StreamDeletedException">The stream is deleted.</exception>
    Task TruncateAsync(StreamName stream, long beforeVersion, CancellationToken ct = default);
}
