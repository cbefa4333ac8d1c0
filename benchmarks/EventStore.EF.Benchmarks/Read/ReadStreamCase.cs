using Microsoft.Extensions.DependencyInjection;
using Npgsql;

namespace EventStore.EF.Benchmarks;

/// <summary>Reads whole streams, their payloads deserialized.</summary>
internal sealed record ReadStreamCase(string Name, int Readers, Reach Reach) : BenchmarkCase(Name)
{
    private const int PoolSize = 100;

    public override async Task<Outcome> RunAsync(Laboratory laboratory)
    {
        var site = await ReadStock.OpenAsync(laboratory);
        var streams = StreamNames.First(ReadStock.Streams);
        var connectionString = site.Connect(PoolSize);
        await using var host = new StoreHost(store => store.UsePostgreSql(connectionString));
        await using var dataSource = NpgsqlDataSource.Create(connectionString);
        var floors = await Task.WhenAll(Enumerable.Range(0, Readers).Select(_ => FloorReader.OpenAsync(dataSource)));
        var comparison = await laboratory.Contest.RunAsync(
            Name,
            new Workload(Readers, async _ => Check((await ReadAsync(host.Store, streams.Next())).Count)),
            new Workload(Readers, async reader => Check((await floors[reader].ReadStreamAsync(streams.Next())).Count)),
            site.Processes);
        foreach (var floor in floors)
            await floor.DisposeAsync();

        return new(this, "streams/s", comparison.Rate(Reach), [.. comparison.Beside()]);
    }

    private static async Task<List<OrderPlaced>> ReadAsync(IEventStore store, string stream)
    {
        var orders = new List<OrderPlaced>();
        await foreach (var @event in store.ReadStreamAsync(stream))
            orders.Add(@event.As<OrderPlaced>());

        return orders;
    }

    private static void Check(int count)
    {
        if (count != ReadStock.EventsPerStream)
            throw new InvalidOperationException($"A stream had {count} events instead of {ReadStock.EventsPerStream}.");
    }
}
