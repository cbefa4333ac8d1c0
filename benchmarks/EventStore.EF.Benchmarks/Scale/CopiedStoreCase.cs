using System.Diagnostics;
using Microsoft.Extensions.DependencyInjection;

namespace EventStore.EF.Benchmarks;

/// <summary>
/// A subscriber of one type in ten catches up with a store that was copied in and never analyzed; the floor is the same subscriber after
/// ANALYZE.
/// </summary>
internal sealed record CopiedStoreCase(string Name, long Events) : BenchmarkCase(Name)
{
    private const int EventsPerStream = 10;
    private const int OneIn = 10;
    private const string Subscription = "copied";

    public override async Task<Outcome> RunAsync(Laboratory laboratory)
    {
        var site = await laboratory.PostgreSqlAsync("copied");
        await new PostgreSqlFiller(site, laboratory.Progress).CopyAsync(Events / EventsPerStream, EventsPerStream, OneIn);

        var handled = (int)(Events / OneIn);
        var connectionString = site.Connect(poolSize: 10);
        var tally = new Tally();
        var first = tally.ExpectAsync(handled);
        await using var host = await SubscribedHost.StartAsync(
            store => store.UsePostgreSql(connectionString).AddSubscriber<CountingHandler>(Subscription),
            services => services.AddSingleton(tally));

        // What is compiled on the way doesn't count.
        await first;
        var copied = await MeasureAsync(laboratory, host, tally, handled, "without statistics");
        await site.ExecuteAsync("ANALYZE");
        var analyzed = await MeasureAsync(laboratory, host, tally, handled, "after ANALYZE");
        return new(this, "seconds", new("catch-up", copied, analyzed, copied / analyzed, Reach.RatioAtMost(2)), []);
    }

    /// <returns>Seconds: the median of the rounds.</returns>
    private async Task<double> MeasureAsync(Laboratory laboratory, SubscribedHost host, Tally tally, int handled, string what)
    {
        var rounds = new List<double>();
        for (var round = 1; round <= laboratory.Rounds; round++)
        {
            laboratory.Progress.Show($"{Name}, {what}: round {round} of {laboratory.Rounds}");
            var all = tally.ExpectAsync(handled);
            var clock = Stopwatch.StartNew();
            await host.Store.Subscriptions.RewindAsync(Subscription, 0, ParkedEventHandling.Keep);
            await all;
            rounds.Add(clock.Elapsed.TotalSeconds);
        }

        return Statistics.Median(rounds);
    }
}
