namespace EventStore.EF.Subscriptions.Sources;

/// <summary>
/// The source of a subscription's events: all events or one stream. Positions of a source are positions in the store, or numbers in the
/// stream.
/// </summary>
internal interface ISubscriptionSource
{
    /// <summary>Selects the events that <see cref="ReadAsync"/> reads from now on.</summary>
    EventFilter Filter { set; }

    /// <summary>Reads one page from storage.</summary>
    /// <param name="from">The first position, inclusive.</param>
    /// <param name="count">The most events.</param>
    /// <param name="ct">Cancels the reading.</param>
    Task<SourcePage> ReadAsync(long from, int count, CancellationToken ct);

    /// <summary>Finds the event at a position, whatever the filter; <see langword="null"/> if the store no longer has it.</summary>
    /// <exception cref="StreamDeletedException">The stream is deleted.</exception>
    Task<RecordedEvent?> FindAsync(long place, CancellationToken ct);

    /// <summary>
    /// Fills the buffer with what comes after <paramref name="place"/>. False if the reader of new events is ahead of it: the events in
    /// between must then be read from storage first.
    /// </summary>
    bool TryAttach(LiveBuffer buffer, long place);

    /// <summary>
    /// After an interruption: returns the loss if the store was set back behind what was received. Null if everything is still there, or
    /// was truncated in its stream.
    /// </summary>
    /// <param name="received">The last received event; <see langword="null"/> if there is none.</param>
    /// <param name="passed">The last position that was received or filtered out.</param>
    /// <param name="unchanged">
    /// The position up to which everything is certainly unchanged; the maximum if the store was not set back.
    /// </param>
    /// <param name="ct">Cancels the reading.</param>
    Task<SourceLoss?> FindLossAsync(RecordedEvent? received, long passed, long unchanged, CancellationToken ct);

    /// <summary>Stops filling the buffer.</summary>
    void Detach(LiveBuffer buffer);
}

/// <summary>One page of a source.</summary>
/// <param name="Events">The events that pass the filter, in order.</param>
/// <param name="Through">The position up to which every event that passes the filter is in this page or an earlier one.</param>
/// <param name="IsEnd">Whether nothing more can be read now.</param>
internal sealed record SourcePage(IReadOnlyList<RecordedEvent> Events, long Through, bool IsEnd);

/// <summary>The loss of received events that the store no longer has.</summary>
/// <param name="Stream">The stream that is read; <see langword="null"/> for all events.</param>
/// <param name="Place">The position of the last event that was received or filtered out.</param>
/// <param name="Head">The current last position; 0 if there are no events.</param>
internal sealed record SourceLoss(StreamName? Stream, long Place, long Head);
