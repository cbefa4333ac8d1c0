using System.Diagnostics;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace EventStore.EF.Benchmarks;

/// <summary>The application's own SaveChanges on the file of the store while callers of the same process append as fast as they can.</summary>
/// <param name="Name">For people.</param>
/// <param name="P99">In milliseconds.</param>
/// <param name="Worst">In milliseconds.</param>
internal sealed record SaveChangesCase(string Name, Reach P99, Reach Worst) : BenchmarkCase(Name, Provider.Sqlite)
{
    private const int Callers = 4;

    public override async Task<Outcome> RunAsync(Laboratory laboratory)
    {
        using var file = new EmbeddedFile();
        var builder = Host.CreateEmptyApplicationBuilder(null);
        builder.Services.AddDbContextFactory<ProjectedContext>(options => options.UseSqlite(file.ConnectionString()));
        builder.Services.AddEventStore(store => store.UseSqlite(file.ConnectionString()).MigrateOnStart());
        using var host = builder.Build();
        await host.StartAsync();
        var contexts = host.Services.GetRequiredService<IDbContextFactory<ProjectedContext>>();
        var store = host.Services.GetRequiredService<IEventStore>();
        await using (var context = await contexts.CreateDbContextAsync())
        {
            await context.Database.ExecuteSqlRawAsync(
                "CREATE TABLE projected_orders (Id INTEGER PRIMARY KEY, Customer TEXT NOT NULL, Amount TEXT NOT NULL)");
        }

        using var ending = new CancellationTokenSource();
        var streams = StreamNames.First(100);
        var appends = Task.WhenAll(Enumerable.Range(0, Callers).Select(_ => Task.Run(async () =>
        {
            while (!ending.IsCancellationRequested)
                await store.AppendAsync(streams.Next(), 1);
        })));
        laboratory.Progress.Show($"{Name}: measuring");
        var times = new List<double>();
        var clock = Stopwatch.StartNew();
        while (clock.Elapsed < TimeSpan.FromSeconds(laboratory.Times(1) * laboratory.Rounds))
        {
            var began = Stopwatch.GetTimestamp();
            await using (var context = await contexts.CreateDbContextAsync())
            {
                context.Orders.Add(new() { Id = times.Count + 1, Customer = "Ada", Amount = 1 });
                await context.SaveChangesAsync();
            }

            times.Add(Stopwatch.GetElapsedTime(began).TotalMilliseconds);
            await Task.Delay(5);
        }

        await ending.CancelAsync();
        await appends;
        await host.StopAsync();
        times.Sort();
        return new(
            this, "ms", new("p99", Statistics.Percentile(times, 0.99), Reach: P99),
            [new("p50 ms", Statistics.Percentile(times, 0.50)), new("worst ms", times[^1], Reach: Worst), new("times", times.Count)]);
    }
}
