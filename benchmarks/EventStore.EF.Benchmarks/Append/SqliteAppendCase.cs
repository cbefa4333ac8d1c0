using Microsoft.Extensions.DependencyInjection;

namespace EventStore.EF.Benchmarks;

/// <summary>Appends of one event to SQLite.</summary>
/// <param name="Name">For people.</param>
/// <param name="Callers">How many append at once.</param>
internal sealed record SqliteAppendCase(string Name, int Callers) : BenchmarkCase(Name, Provider.Sqlite)
{
    private const int Streams = 1000;

    public Reach? Rate { get; init; }

    public override async Task<Outcome> RunAsync(Laboratory laboratory)
    {
        var site = await laboratory.SqliteAsync();
        var streams = StreamNames.First(Streams);
        await using var host = new StoreHost(store => store.UseSqlite(site.StoreFile));
        using var floor = new SqliteFloor(site.FloorFile);
        var comparison = await laboratory.Contest.RunAsync(
            Name,
            new Workload(Callers, _ => host.Store.AppendAsync(streams.Next(), 1)),
            new Workload(Callers, _ => floor.AppendAsync(streams.Next())),
            server: null);
        return new(this, "appends/s", comparison.Rate(Rate), [.. comparison.Beside()]);
    }
}
