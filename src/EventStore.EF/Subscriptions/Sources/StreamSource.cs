using EventStore.EF.Storage;

namespace EventStore.EF.Subscriptions.Sources;

/// <summary>
/// Reads one stream, including its links. The numbers in a stream become visible in order, so they need no proof of completeness. The
/// process's stream watch tells it about new events.
/// </summary>
/// <param name="storage">The store's storage.</param>
/// <param name="watch">Sees new versions.</param>
/// <param name="stream">The stream, which may not exist yet.</param>
/// <param name="filter">The events that are read.</param>
/// <param name="streamId">The id under which the stream was read before, if any.</param>
internal sealed class StreamSource(IStorage storage, StreamPoller watch, StreamName stream, EventFilter filter, long? streamId)
    : ISubscriptionSource
{
    private bool _hasLarge;

    /// <summary>The id of the stream that is read; <see langword="null"/> until it has been seen.</summary>
    public long? StreamId { get; private set; } = streamId;

    public EventFilter Filter { private get; set; } = filter;

    /// <exception cref="StreamDeletedException">The stream is deleted.</exception>
    /// <exception cref="StreamRecreatedException">The stream was removed, and its name is in use again.</exception>
    public async Task<SourcePage> ReadAsync(long from, int count, CancellationToken ct)
    {
        var page = await watch.ReadAsync(
            new(stream, ReadDirection.Forward, from, count, Filter) { ExpectsLarge = _hasLarge }, ct).ConfigureAwait(false);
        switch (page.Condition)
        {
            case StreamCondition.Missing:
                return new([], from - 1, IsEnd: true);

            case StreamCondition.Deleted:
                throw new StreamDeletedException(stream);
        }

        if (StreamId is { } known && known != page.StreamId)
            throw new StreamRecreatedException(page.StreamId);

        StreamId = page.StreamId;
        _hasLarge = page.HasLarge;
        return page.IsEnd
            ? new(page.Events, Math.Max(page.Version, from - 1), IsEnd: true)
            : new(page.Events, page.Events[^1].Number, IsEnd: false);
    }

    public async Task<RecordedEvent?> FindAsync(long place, CancellationToken ct)
    {
        var page = await storage.ReadStreamAsync(
            new(stream, ReadDirection.Backward, place, 1, EventFilter.All), null, ct).ConfigureAwait(false);
        if (page.Condition is StreamCondition.Deleted)
            throw new StreamDeletedException(stream);

        return page.Events is [var found] && found.Number == place ? found : null;
    }

    public bool TryAttach(LiveBuffer buffer, long place)
    {
        watch.Add(buffer, stream, StreamId, place);
        return true;
    }

    public async Task<SourceLoss?> FindLossAsync(RecordedEvent? received, long passed, long unchanged, CancellationToken ct)
    {
        // The ids of filtered events are not known: other events may be there now that the filter would accept.
        var isUnsure = passed > (received?.Number ?? 0) && unchanged < long.MaxValue;
        if (received is null && !isUnsure)
            return null;

        // Not from a shared page, which may have been requested before the interruption.
        var last = received?.Number ?? passed;
        var page = await storage.ReadStreamAsync(
            new(stream, ReadDirection.Backward, last, 1, EventFilter.All), null, ct).ConfigureAwait(false);
        if (page.Condition is StreamCondition.Missing)
            return new(stream, last, 0);

        // The next page reports a deleted stream, or a different one of the same name.
        if (page.Condition is StreamCondition.Deleted || (StreamId is { } known && known != page.StreamId))
            return null;

        // If a number within the stream has no event, the event was truncated, or removed with the stream that it was linked from.
        var isOther = received is not null && page.Events is [var found] && found.Number == last && found.EventId != received.EventId;
        return isOther || page.Version < last ? new(stream, last, page.Version) : isUnsure ? new(stream, passed, page.Version) : null;
    }

    public void Detach(LiveBuffer buffer) => watch.Remove(buffer);
}

/// <summary>A stream was removed and created again under the same name: its numbers start over.</summary>
internal sealed class StreamRecreatedException(long streamId) : Exception
{
    /// <summary>The id of the new stream.</summary>
    public long StreamId => streamId;
}
