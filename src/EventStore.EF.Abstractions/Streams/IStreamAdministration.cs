namespace EventStore.EF;

/// <summary>
/// Inspects, deletes and truncates streams. An operation's conditions are checked in the same statement that changes the stream, so no
/// append can come in between.
/// </summary>
public interface IStreamAdministration
{
    /// <summary>Returns a stream's information, even if it is deleted; <see langword="null"/> if it is missing.</summary>
    /// <exception cref="EventStoreUnavailableException">The database can't be reached.</exception>
    /// <exception cref="EventStoreSchemaException">The store's tables are missing or out of date.</exception>
    Task<StreamInfo?> FindAsync(StreamName stream, CancellationToken cancellationToken = default);

    /// <summary>Lists streams, page by page on demand, in constant memory. Ordered by name, no stream is listed twice.</summary>
    /// <param name="options">Which streams to list, and in which order; by default all that are not deleted, by name.</param>
    /// <param name="cancellationToken">Cancels the listing.</param>
    /// <exception cref="ArgumentException">An option is invalid.</exception>
    IAsyncEnumerable<StreamInfo> ListAsync(StreamListOptions? options = null, CancellationToken cancellationToken = default);

    /// <summary>
    /// Deletes a stream reversibly: it can no longer be read, appended to or linked to, and its name stays taken. Its events remain in
    /// reads of all events and in the streams they are linked to.
    /// </summary>
    /// <exception cref="WrongExpectedVersionException">The stream is not at the expected version.</exception>
    /// <exception cref="StreamNotFoundException">The stream is missing.</exception>
    /// <exception cref="StreamDeletedException">The stream is already deleted.</exception>
    Task DeleteAsync(StreamName stream, ExpectedVersion expected, CancellationToken cancellationToken = default);

    /// <summary>Restores a deleted stream; does nothing if it isn't deleted.</summary>
    /// <exception cref="StreamNotFoundException">The stream is missing, or was deleted permanently.</exception>
    Task UndeleteAsync(StreamName stream, CancellationToken cancellationToken = default);

    /// <summary>
    /// Removes a stream permanently, deleted or not: its name, its own events, all links to them in other streams, and its snapshots.
    /// Events of other streams that were linked to it remain. The name can be used again, from version 1, and so can the events' ids.
    /// </summary>
    /// <exception cref="NotSupportedException"><c>EventStoreOptions.AllowHardDelete</c> is not set.</exception>
    /// <exception cref="WrongExpectedVersionException">The stream is not at the expected version.</exception>
    /// <exception cref="StreamNotFoundException">The stream is missing.</exception>
    Task HardDeleteAsync(StreamName stream, ExpectedVersion expected, CancellationToken cancellationToken = default);

    /// <summary>
    /// Permanently removes a stream's events with numbers below <paramref name="beforeVersion"/>, and all links to them in other streams.
    /// The remaining events keep their numbers, and the stream keeps its version, even if no event is left.
    /// </summary>
    /// <param name="stream">The stream.</param>
    /// <param name="beforeVersion">
    /// The number of the first event to keep, at least 1. Repeating the call, or passing a lower number, changes nothing.
    /// </param>
    /// <param name="cancellationToken">Cancels waiting.</param>
    /// <exception cref="StreamNotFoundException">The stream is missing.</exception>
    /// <exception cref="StreamDeletedException">The stream is deleted.</exception>
    Task TruncateAsync(StreamName stream, long beforeVersion, CancellationToken cancellationToken = default);
}
