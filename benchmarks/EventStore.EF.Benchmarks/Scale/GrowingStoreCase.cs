using Microsoft.Extensions.DependencyInjection;

namespace EventStore.EF.Benchmarks;

/// <summary>
/// Appends to a store that holds so many events already. Store and floor write to the same tables here: filling two sets of them
/// would take twice as long, and the question is how the rate changes with the size.
/// </summary>
internal sealed record GrowingStoreCase(string Name, long Events) : BenchmarkCase(Name)
{
    private const int Callers = 10;
    private const int EventsPerStream = 10;

    public override async Task<Outcome> RunAsync(Laboratory laboratory)
    {
        var site = await laboratory.PostgreSqlAsync("growing");
        var total = Events / EventsPerStream;
        await new PostgreSqlFiller(site, laboratory.Progress).FillAsync(total, EventsPerStream);

        var streams = StreamNames.Spread(1000, total);
        var connectionString = site.Connect(poolSize: 100);
        await using var host = new StoreHost(store => store.UsePostgreSql(connectionString));
        await using var floor = await PostgreSqlFloor.OpenAsync(connectionString, PostgreSqlSite.StoreSchema, Callers, events: 1);
        var comparison = await laboratory.Contest.RunAsync(
            Name,
            new Workload(Callers, _ => host.Store.AppendAsync(streams.Next(), 1)),
            new Workload(Callers, caller => floor.AppendAsync(caller, streams.Next())),
            site.Processes);
        return new(this, "appends/s", comparison.Rate(), [.. comparison.Beside()]);
    }
}
