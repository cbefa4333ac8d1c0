namespace EventStore.EF.Benchmarks;

/// <summary>Appends as an application does, through the store's public face.</summary>
internal static class StoreAppender
{
    public static Task AppendAsync(this IEventStore store, string stream, int events)
        => events == 1
            ? store.AppendAsync(stream, ExpectedVersion.Any, OrderPlaced.Sample)
            : store.AppendManyAsync(stream, ExpectedVersion.Any, Enumerable.Range(0, events).Select(_ => new NewEvent(OrderPlaced.Sample)).ToArray());
}
