using Microsoft.Extensions.DependencyInjection;
using Npgsql;

namespace EventStore.EF.Benchmarks;

/// <summary>
/// A new subscription catches up with the whole store, again and again; the floor reads the same events, page by page, payloads as they
/// stand.
/// </summary>
/// <param name="Name">For people.</param>
/// <param name="CatchUp">Subscribes under a name that is new, and returns when all events are handled and acknowledged.</param>
/// <param name="Reach">What it is meant to reach.</param>
internal sealed record CatchUpCase(string Name, Func<string, SubscriptionName, Task> CatchUp, Reach Reach) : BenchmarkCase(Name)
{
    private const int PageSize = 1000;

    /// <summary>A typed handler that does nothing, run by the host.</summary>
    public static async Task ByHandlerAsync(string connectionString, SubscriptionName name)
    {
        var tally = new Tally(ReadStock.Events);
        await using var host = await SubscribedHost.StartAsync(
            store => store.UsePostgreSql(connectionString).AddSubscriber<CountingHandler>(name, options =>
            {
                options.PageSize = PageSize;
                options.CheckpointEvery = 1000;
            }),
            services => services.AddSingleton(tally));
        await tally.All;
    }

    /// <summary>Batches, each of their events acknowledged on its own.</summary>
    public static async Task ByAcknowledgementAsync(string connectionString, SubscriptionName name)
    {
        await using var host = new StoreHost(store => store.UsePostgreSql(connectionString));
        await using var subscription = await host.Store.SubscribeAsync(name, new() { PageSize = PageSize, CheckpointEvery = 1000 });
        var left = ReadStock.Events;
        await foreach (var batch in subscription.ReadBatchesAsync())
        {
            foreach (var @event in batch.Events)
                await subscription.AckAsync(@event);

            left -= batch.Events.Count;
            if (left == 0)
                break;
        }
    }

    public override async Task<Outcome> RunAsync(Laboratory laboratory)
    {
        var site = await ReadStock.OpenAsync(laboratory);
        var connectionString = site.Connect(poolSize: 10);
        await using var dataSource = NpgsqlDataSource.Create(connectionString);
        await using var floor = await FloorReader.OpenAsync(dataSource);
        var comparison = await laboratory.Contest.RunAsync(
            Name,
            new Workload(1, _ => CatchUp(connectionString, $"catch-up-{Guid.CreateVersion7():N}"), ReadStock.Events),
            new Workload(1, _ => ReadAsync(floor), ReadStock.Events),
            site.Processes);
        return new(this, "events/s", comparison.Rate(Reach), [.. comparison.Beside()]);
    }

    private static async Task ReadAsync(FloorReader floor)
    {
        var after = 0L;
        while (await floor.ReadPageAsync(after, PageSize) is { Count: > 0 } page)
            after = page[^1].Position;
    }
}
