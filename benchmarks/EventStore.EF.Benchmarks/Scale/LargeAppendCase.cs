using System.Diagnostics;
using Microsoft.Extensions.DependencyInjection;

namespace EventStore.EF.Benchmarks;

/// <summary>Very many events in one append: how long it takes, and what it needs of the client's memory.</summary>
internal sealed record LargeAppendCase(string Name, int Events) : BenchmarkCase(Name)
{
    public override async Task<Outcome> RunAsync(Laboratory laboratory)
    {
        laboratory.Progress.Show(Name);
        var site = await laboratory.PostgreSqlAsync("large");
        var connectionString = site.Connect(poolSize: 10);
        await using var host = new StoreHost(store => store.UsePostgreSql(connectionString));
        await using var floor = await PostgreSqlFloor.OpenAsync(connectionString, PostgreSqlSite.FloorSchema, callers: 1, Events);

        // One event first, so that no connection is opened and no code compiled in the time.
        await host.Store.AppendAsync("warm-up", 1);
        var byStore = await MeasureAsync(() => host.Store.AppendAsync("large", Events));
        var byFloor = await MeasureAsync(() => floor.AppendAsync(0, "large"));
        return new(
            this, "s", new("time", byStore.Seconds, byFloor.Seconds, byStore.Seconds / byFloor.Seconds),
            [new("memory before, MB", byStore.Before, byFloor.Before), new("peak, MB", byStore.Peak, byFloor.Peak)]);
    }

    private static async Task<(double Seconds, double Before, double Peak)> MeasureAsync(Func<Task> append)
    {
        Memory.ForgetPeak();
        var before = Memory.WorkingSet();
        var start = Stopwatch.GetTimestamp();
        await append();
        return (Stopwatch.GetElapsedTime(start).TotalSeconds, before, Memory.Peak());
    }
}
