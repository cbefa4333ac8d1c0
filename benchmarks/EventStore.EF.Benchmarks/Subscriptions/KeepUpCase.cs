using Microsoft.Extensions.DependencyInjection;

namespace EventStore.EF.Benchmarks;

/// <summary>
/// 10 callers append flat out while a subscriber of the same process handles what they append; the floor is the store itself without a
/// subscriber, in a database of its own.
/// </summary>
internal sealed record KeepUpCase(string Name, Reach Reach, Reach Lag) : BenchmarkCase(Name)
{
    private const int Callers = 10;

    public override async Task<Outcome> RunAsync(Laboratory laboratory)
    {
        var site = await laboratory.PostgreSqlAsync("keep-up");
        var alone = await laboratory.PostgreSqlAsync("keep-up alone");
        var streams = StreamNames.First(1000);
        var tally = new Tally();
        await using var host = await SubscribedHost.StartAsync(
            store => store.UsePostgreSql(site.Connect(poolSize: 100)).AddSubscriber<CountingHandler>("keep-up"),
            services => services.AddSingleton(tally));
        await using var without = new StoreHost(store => store.UsePostgreSql(alone.Connect(poolSize: 100)));
        var (appended, furthest) = (0, 0);
        var comparison = await laboratory.Contest.RunAsync(
            Name,
            new Workload(Callers, async _ =>
            {
                await host.Store.AppendAsync(streams.Next(), 1);
                var lag = Interlocked.Increment(ref appended) - tally.Count;
                if (lag > furthest)
                    furthest = lag;
            }),
            new Workload(Callers, _ => without.Store.AppendAsync(streams.Next(), 1)),
            site.Processes);
        return new(this, "appends/s", comparison.Rate(Reach), [new("furthest behind, events", furthest, Reach: Lag), .. comparison.Beside()]);
    }
}
