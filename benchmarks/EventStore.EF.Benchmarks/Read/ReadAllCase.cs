using Microsoft.Extensions.DependencyInjection;
using Npgsql;

namespace EventStore.EF.Benchmarks;

/// <summary>Reads the whole store again and again, page by page, payloads as they stand.</summary>
internal sealed record ReadAllCase(string Name, Reach Reach) : BenchmarkCase(Name)
{
    private const int PageSize = 1000;

    public override async Task<Outcome> RunAsync(Laboratory laboratory)
    {
        var site = await ReadStock.OpenAsync(laboratory);
        var connectionString = site.Connect(poolSize: 10);
        await using var host = new StoreHost(store => store.UsePostgreSql(connectionString));
        await using var dataSource = NpgsqlDataSource.Create(connectionString);
        await using var floor = await FloorReader.OpenAsync(dataSource);
        var comparison = await laboratory.Contest.RunAsync(
            Name,
            new Workload(1, async _ => Check(await ReadAsync(host.Store)), ReadStock.Events),
            new Workload(1, async _ => Check(await ReadAsync(floor)), ReadStock.Events),
            site.Processes);
        return new(this, "events/s", comparison.Rate(Reach), [.. comparison.Beside()]);
    }

    private static async Task<int> ReadAsync(IEventStore store)
    {
        var count = 0;
        await foreach (var @event in store.ReadAllAsync(new() { PageSize = PageSize }))
            count += @event.Payload.IsEmpty ? 0 : 1;

        return count;
    }

    private static async Task<int> ReadAsync(FloorReader floor)
    {
        var count = 0;
        var after = 0L;
        while (await floor.ReadPageAsync(after, PageSize) is { Count: > 0 } page)
        {
            foreach (var @event in page)
                count += @event.Data.Length == 0 ? 0 : 1;

            after = page[^1].Position;
        }

        return count;
    }

    private static void Check(int count)
    {
        if (count != ReadStock.Events)
            throw new InvalidOperationException($"The store had {count} events instead of {ReadStock.Events}.");
    }
}
