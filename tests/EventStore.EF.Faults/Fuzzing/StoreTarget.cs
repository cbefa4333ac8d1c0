using CsCheck;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace EventStore.EF.Faults;

/// <summary>
/// A whole store on SQLite or PostgreSQL: what is taken is read back byte for byte, what is refused leaves nothing behind, and searching
/// with any text finds what contains that text, and nothing more.
/// </summary>
internal sealed class StoreTarget(Provider provider, string connectionString, int share) : FuzzTarget
{
    public override string Name => $"store on {provider}";

    public override int Share => share;

    public override async Task RunAsync(long cases, CancellationToken ct)
    {
        var settings = new WorkerSettings("fuzz", true, provider, connectionString, false, "", 0, TimeSpan.FromSeconds(3));
        var services = new ServiceCollection().AddEventStore(store => WorkerHost.Use(store, settings)).BuildServiceProvider();
        await using (services.ConfigureAwait(false))
        {
            await using (var scope = services.CreateAsyncScope())
                await scope.ServiceProvider.GetRequiredService<EventStoreDbContext>().Database.MigrateAsync(ct).ConfigureAwait(false);

            var store = services.GetRequiredService<IEventStore>();
            await Gen.Select(Nasty.Text, Gen.Select(Gen.OneOf(FuzzedEvents.Writable, FuzzedEvents.Any), Gen.Select(Nasty.Text, Nasty.Text), Gen.Guid.Nullable()).Array[1, 8], Nasty.Text)
                .SampleAsync((stream, events, search) => CheckAsync(services, store, stream, events, search), iter: cases, threads: 1).ConfigureAwait(false);
        }
    }

    private static async Task CheckAsync(
        ServiceProvider services, IEventStore store, string stream, (Fuzzed Data, (string Key, string Value) Metadata, Guid? Correlation)[] events, string search)
    {
        var before = await CountAsync(services).ConfigureAwait(false);
        NewEvent[] written;
        AppendResult result;
        try
        {
            written = [.. events.Select(@event => new NewEvent(@event.Data)
            {
                Metadata = EventMetadata.From([KeyValuePair.Create(@event.Metadata.Key, @event.Metadata.Value)]), CorrelationId = @event.Correlation,
            })];
            result = await store.AppendManyAsync(stream, ExpectedVersion.Any, written).ConfigureAwait(false);
        }
        catch (Exception exception) when (exception is EventStoreException or ArgumentException)
        {
            Demand(await CountAsync(services).ConfigureAwait(false) == before, "a refused append has written something");
            return;
        }

        var read = await store.ReadStreamAsync(stream, new() { From = result.StreamVersion - written.Length + 1 }).ToListAsync().ConfigureAwait(false);
        Demand(read.Count == written.Length, "not as many were read as were written");
        foreach (var (one, other) in written.Zip(read))
        {
            Demand(one.EventId == other.EventId && other.StreamName.Value == stream && other.CorrelationId == one.CorrelationId, "ids or names differ");
            Demand(other.Metadata.SequenceEqual(one.Metadata), "the metadata differs");
            Demand(other.Payload.Span.SequenceEqual(PayloadTarget.Catalog.Find(typeof(Fuzzed))!.Serialize(one.Data)), "the payload differs");
        }

        await SearchAsync(store, stream, search).ConfigureAwait(false);
        await SearchAsync(store, stream, stream[(stream.Length / 2)..]).ConfigureAwait(false);
    }

    private static async Task SearchAsync(IEventStore store, string stream, string search)
    {
        try
        {
            var found = await store.Streams.ListAsync(new() { Contains = search, MaxCount = 20 }).ToListAsync().ConfigureAwait(false);
            Demand(found.All(info => info.Name.Value.Contains(search, StringComparison.Ordinal)), "a search found what doesn't contain the text");
            var isThere = await store.ReadAllAsync(new() { Direction = ReadDirection.Backward, MaxCount = 1, Filter = EventFilter.StreamPrefix(search) }).AnyAsync().ConfigureAwait(false);
            Demand(isThere || !stream.StartsWith(search, StringComparison.Ordinal), "a filter by prefix left out what begins with it");
        }
        catch (ArgumentException)
        {
            // Refused.
        }
    }

    private static async Task<long> CountAsync(ServiceProvider services)
    {
        await using var scope = services.CreateAsyncScope();
        var context = scope.ServiceProvider.GetRequiredService<EventStoreDbContext>();
        return await context.Events.OrderByDescending(@event => @event.Position).Select(@event => @event.Position).FirstOrDefaultAsync().ConfigureAwait(false)
            + await context.Streams.LongCountAsync().ConfigureAwait(false);
    }
}
