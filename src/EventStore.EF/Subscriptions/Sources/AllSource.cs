namespace EventStore.EF;

/// <summary>Reads all events, never beyond what is settled; new ones come from the process's one tail reader.</summary>
internal sealed class AllSource(IStorage storage, TailReader tail, EventFilter filter) : ISubscriptionSource
{
    public async Task<SourcePage> ReadAsync(long from, int count, CancellationToken ct)
    {
        var page = await storage.ReadAllAsync(new(ReadDirection.Forward, from, count, filter), ct).ConfigureAwait(false);
        return new(page.Events, page.Through, page.IsEnd);
    }

    public bool TryAttach(LiveBuffer buffer, long place) => tail.TryAttach(buffer, place);

    public void Detach(LiveBuffer buffer) => tail.Detach(buffer);
}
