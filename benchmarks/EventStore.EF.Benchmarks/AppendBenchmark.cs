using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;

namespace EventStore.EF.Benchmarks;

/// <summary>Appends single events to 1,000 streams with 1, 10 and 50 callers, store and floor by turns.</summary>
internal static class AppendBenchmark
{
    private const int Streams = 1000;

    public static async Task RunAsync(string connectionString, int rounds, TimeSpan duration)
    {
        var pooled = new NpgsqlConnectionStringBuilder(connectionString) { MaxPoolSize = 100 }.ConnectionString;
        await using var services = new ServiceCollection()
            .AddEventStore(store => store.UsePostgreSql(pooled))
            .BuildServiceProvider();
        await using var dataSource = NpgsqlDataSource.Create(pooled);
        var store = services.GetRequiredService<IEventStore>();
        await using (var context = await services.GetRequiredService<IDbContextFactory<EventStoreDbContext>>().CreateDbContextAsync())
            await context.Database.MigrateAsync();

        Console.WriteLine($"Append of one event, {Streams} streams, medians of {rounds} alternating rounds of {duration.TotalSeconds} s");
        Console.WriteLine("callers │ store/s   floor/s   ratio │ store p50 ms   floor p50 ms │ store p99 ms   floor p99 ms");
        foreach (var callers in (int[])[1, 10, 50])
        {
            var floors = await Task.WhenAll(Enumerable.Range(0, callers).Select(_ => RawAppender.OpenAsync(dataSource)));
            var ofStore = new List<Measurement>();
            var ofFloor = new List<Measurement>();
            for (var round = -1; round < rounds; round++)
            {
                var byStore = await Workload.RunAsync(callers, duration, _ => store.AppendAsync(NextStream(), ExpectedVersion.Any, OrderPlaced.Sample(Guid.CreateVersion7())));
                var byFloor = await Workload.RunAsync(callers, duration, caller => floors[caller].AppendAsync(NextStream(), OrderPlaced.Sample(Guid.CreateVersion7())));
                if (round < 0)
                    continue; // warm-up

                ofStore.Add(byStore);
                ofFloor.Add(byFloor);
            }

            foreach (var floor in floors)
                await floor.DisposeAsync();

            var ratio = Median(ofStore.Zip(ofFloor, (s, f) => s.PerSecond / f.PerSecond));
            Console.WriteLine(string.Create(System.Globalization.CultureInfo.InvariantCulture,
                $"{callers,7} │ {Median(ofStore.Select(m => m.PerSecond)),7:N0}   {Median(ofFloor.Select(m => m.PerSecond)),7:N0}   {ratio,5:N2} │ {Median(ofStore.Select(m => m.MedianMilliseconds)),12:N2}   {Median(ofFloor.Select(m => m.MedianMilliseconds)),12:N2} │ {Median(ofStore.Select(m => m.P99Milliseconds)),12:N2}   {Median(ofFloor.Select(m => m.P99Milliseconds)),12:N2}"));
        }
    }

    private static string NextStream() => $"order-{Random.Shared.Next(Streams)}";

    private static double Median(IEnumerable<double> values)
    {
        var sorted = values.Order().ToArray();
        return sorted[sorted.Length / 2];
    }
}
