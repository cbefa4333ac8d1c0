using EventStore.EF.Storage;

namespace EventStore.EF.Subscriptions.Sources;

/// <summary>Reads all events, never beyond the settled position; new ones come from the process's tail reader.</summary>
internal sealed class AllSource(IStorage storage, TailReader tail, EventFilter filter) : ISubscriptionSource
{
    private bool _hasLarge;

    public EventFilter Filter { private get; set; } = filter;

    public async Task<SourcePage> ReadAsync(long from, int count, CancellationToken ct)
    {
        var page = await storage.ReadAllAsync(
            new(ReadDirection.Forward, from, count, Filter) { ExpectsLarge = _hasLarge }, ct).ConfigureAwait(false);
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

        // The ids of filtered events are not known: other events may be there now that the filter would accept.
        return passed > (received?.Position ?? 0) && passed > unchanged ? await LossAsync(passed, ct).ConfigureAwait(false) : null;
    }

    public void Detach(LiveBuffer buffer) => tail.Detach(buffer);

    private async Task<SourceLoss> LossAsync(long place, CancellationToken ct)
        => new(null, place, (await BackwardAsync(long.MaxValue, ct).ConfigureAwait(false))?.Position ?? 0);

    /// <summary>Reads the event at a position, or the last one before it.</summary>
    private async Task<RecordedEvent?> BackwardAsync(long from, CancellationToken ct)
    {
        var page = await storage.ReadAllAsync(new(ReadDirection.Backward, from, 1, EventFilter.All), ct).ConfigureAwait(false);
        return page.Events is [var @event, ..] ? @event : null;
    }
}
