namespace EventStore.EF;

/// <summary>What a subscription reads: all events, or one stream. Places are positions there, numbers in the stream here.</summary>
internal interface ISubscriptionSource
{
    /// <summary>Which events <see cref="ReadAsync"/> reads from now on.</summary>
    EventFilter Filter { set; }

    /// <summary>Reads one page from storage.</summary>
    /// <param name="from">The first place, inclusive.</param>
    /// <param name="count">The most events.</param>
    /// <param name="ct">Cancels the reading.</param>
    Task<SourcePage> ReadAsync(long from, int count, CancellationToken ct);

    /// <summary>The event at a place, whatever the filter says; <see langword="null"/> when the store doesn't have it any more.</summary>
    /// <exception cref="StreamDeletedException">The stream is deleted.</exception>
    Task<RecordedEvent?> FindAsync(long place, CancellationToken ct);

    /// <summary>
    /// Fills the buffer with what comes after <paramref name="place"/>. Returns false when the reader of new events is ahead of it: then
    /// what lies between is to be read from storage first.
    /// </summary>
    bool TryAttach(LiveBuffer buffer, long place);

    /// <summary>
    /// After an interruption: the loss of what was received, if the store has gone back behind it. Null where it is still there, and where
    /// somebody has truncated it in its stream.
    /// </summary>
    /// <param name="received">The last event that was received; <see langword="null"/> when there was none.</param>
    /// <param name="passed">The last place that was received or filtered out.</param>
    /// <param name="unchanged">The position up to which everything is certainly as before; without limit where that isn't known.</param>
    /// <param name="ct">Cancels the reading.</param>
    Task<SourceLoss?> FindLossAsync(RecordedEvent? received, long passed, long unchanged, CancellationToken ct);

    /// <summary>Fills the buffer no longer.</summary>
    void Detach(LiveBuffer buffer);
}

/// <summary>One page of a source.</summary>
/// <param name="Events">The events that pass the filter, in order.</param>
/// <param name="Through">Every event up to this place that passes the filter is in this page or an earlier one.</param>
/// <param name="IsEnd">Whether nothing more can be read now.</param>
internal sealed record SourcePage(IReadOnlyList<RecordedEvent> Events, long Through, bool IsEnd);

/// <summary>What was received is no longer in the store.</summary>
/// <param name="Stream">The stream that is read; <see langword="null"/> for all events.</param>
/// <param name="Place">The place of the last event that was received, or passed by the filter.</param>
/// <param name="Head">The last place that there is now; 0 when there is none.</param>
internal sealed record SourceLoss(StreamName? Stream, long Place, long Head);
