namespace EventStore.EF;

/// <summary>
/// Reads one stream, links included. Numbers in a stream become visible in their order, so nothing is to be proved. That there is
/// something new is told by the process's one watch over streams.
/// </summary>
/// <param name="storage">Where it is read.</param>
/// <param name="watch">Sees new versions.</param>
/// <param name="stream">The stream, which may not exist yet.</param>
/// <param name="filter">Which of its events.</param>
/// <param name="streamId">The id under which it was read before, if it was.</param>
internal sealed class StreamSource(IStorage storage, StreamWatch watch, StreamName stream, EventFilter filter, long? streamId) : ISubscriptionSource
{
    private bool _hasLarge;

    /// <summary>The id of the stream that is read; <see langword="null"/> until it is first seen.</summary>
    public long? StreamId { get; private set; } = streamId;

    public EventFilter Filter { private get; set; } = filter;

    /// <exception cref="StreamDeletedException">The stream is deleted.</exception>
    /// <exception cref="StreamRecreatedException">The stream was removed, and its name is used again.</exception>
    public async Task<SourcePage> ReadAsync(long from, int count, CancellationToken ct)
    {
        var page = await watch.ReadAsync(new(stream, ReadDirection.Forward, from, count, Filter) { ExpectsLarge = _hasLarge }, ct).ConfigureAwait(false);
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
        var page = await storage.ReadStreamAsync(new(stream, ReadDirection.Backward, place, 1, EventFilter.All), null, ct).ConfigureAwait(false);
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
        // What the filter left out is not known by id: there may be other events now, which it wouldn't.
        var isUnsure = passed > (received?.Number ?? 0) && unchanged < long.MaxValue;
        if (received is null && !isUnsure)
            return null;

        // Not by a page that is shared with others, which may have asked for it before the interruption.
        var last = received?.Number ?? passed;
        var page = await storage.ReadStreamAsync(new(stream, ReadDirection.Backward, last, 1, EventFilter.All), null, ct).ConfigureAwait(false);
        if (page.Condition is StreamCondition.Missing)
            return new(stream, last, 0);

        // Of a deleted stream, and of another one with its name, the next page tells.
        if (page.Condition is StreamCondition.Deleted || (StreamId is { } known && known != page.StreamId))
            return null;

        // A number within the stream without an event is of one that was truncated, or removed with the stream that it was linked from.
        var isOther = received is not null && page.Events is [var found] && found.Number == last && found.EventId != received.EventId;
        return isOther || page.Version < last ? new(stream, last, page.Version) : isUnsure ? new(stream, passed, page.Version) : null;
    }

    public void Detach(LiveBuffer buffer) => watch.Remove(buffer);
}

/// <summary>A stream was removed, and another one has its name now: its numbers begin again.</summary>
internal sealed class StreamRecreatedException(long streamId) : Exception
{
    /// <summary>The id of the stream that has the name now.</summary>
    public long StreamId => streamId;
}
