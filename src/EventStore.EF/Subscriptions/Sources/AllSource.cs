namespace EventStore.EF;

/// <summary>Reads all events, never beyond what is settled; new ones come from the process's one tail reader.</summary>
internal sealed class AllSource(IStorage storage, TailReader tail, EventFilter filter) : ISubscriptionSource
{
    private bool _hasLarge;

    public EventFilter Filter { private get; set; } = filter;

    public async Task<SourcePage> ReadAsync(long from, int count, CancellationToken ct)
    {
        var page = await storage.ReadAllAsync(new(ReadDirection.Forward, from, count, Filter) { ExpectsLarge = _hasLarge }, ct).ConfigureAwait(false);
        _hasLarge = page.HasLarge;
        return new(page.Events, page.Through, page.IsEnd);
    }

    public async Task<RecordedEvent?> FindAsync(long place, CancellationToken ct)
        => await BackwardAsync(place, ct).ConfigureAwait(false) is { } found && found.Position == place ? found : null;

    public bool TryAttach(LiveBuffer buffer, long place) => tail.TryAttach(buffer, place);

    public async Task<SourceLoss?> FindLossAsync(RecordedEvent? received, long passed, long unchanged, CancellationToken ct)
    {
        if (received is not null && (await BackwardAsync(received.Position, ct).ConfigureAwait(false))?.EventId != received.EventId)
            return await LossAsync(received.Position, ct).ConfigureAwait(false);

        // What the filter left out is not known by id: there may be other events now, which it wouldn't.
        return passed > (received?.Position ?? 0) && passed > unchanged ? await LossAsync(passed, ct).ConfigureAwait(false) : null;
    }

    public void Detach(LiveBuffer buffer) => tail.Detach(buffer);

    private async Task<SourceLoss> LossAsync(long place, CancellationToken ct)
        => new(null, place, (await BackwardAsync(long.MaxValue, ct).ConfigureAwait(false))?.Position ?? 0);

    /// <summary>The event at a position, or the last one before it.</summary>
    private async Task<RecordedEvent?> BackwardAsync(long from, CancellationToken ct)
    {
        var page = await storage.ReadAllAsync(new(ReadDirection.Backward, from, 1, EventFilter.All), ct).ConfigureAwait(false);
        return page.Events is [var @event, ..] ? @event : null;
    }
}
