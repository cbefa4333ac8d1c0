namespace EventStore.EF.Benchmarks;

/// <summary>Single appends that arrive at a share of what raw appends sustain, store and floor by turns.</summary>
/// <param name="Name">For people.</param>
/// <param name="Profile">Where the server is.</param>
/// <param name="Share">The rate, as a part of what raw appends sustain: 0.6 is 60 %.</param>
/// <param name="P99">What the 99th percentile is meant to reach.</param>
internal sealed record OpenCase(string Name, OpenProfile Profile, double Share, Reach P99) : BenchmarkCase(Name)
{
    private static readonly Reach P50 = Reach.RatioAtMost(1.1);

    public override async Task<Outcome> RunAsync(Laboratory laboratory)
    {
        await using var site = await OpenSite.OpenAsync(laboratory, Profile);
        laboratory.Progress.Show($"{Name}: what raw appends sustain");
        var perSecond = Share * await site.SustainedAsync(laboratory.Duration);
        await new Arrivals(perSecond, laboratory.Arrivals, Seed: 0).RunAsync(site.AppendAsync);

        var rounds = new List<(ArrivalTimes Store, ArrivalTimes Floor)>();
        for (var round = 1; round <= laboratory.Rounds; round++)
        {
            laboratory.Progress.Show($"{Name}: round {round} of {laboratory.Rounds}");
            var arrivals = new Arrivals(perSecond, laboratory.Arrivals, round);
            var first = round % 2 == 0 ? await arrivals.RunAsync(site.AppendAsync) : null;
            var floor = await arrivals.RunAsync(site.AppendRawAsync);
            rounds.Add((first ?? await arrivals.RunAsync(site.AppendAsync), floor));
        }

        return new(
            this, "p50 ms", Of("p50 ms", times => times.PercentileMs(50), P50),
            [
                new("arrivals/s", perSecond), Of("p95 ms", times => times.PercentileMs(95)), Of("p99 ms", times => times.PercentileMs(99), P99),
                Of("p99.9 ms", times => times.PercentileMs(99.9)), Of("worst ms", times => times.WorstMs),
            ]);

        Figure Of(string name, Func<ArrivalTimes, double> value, Reach? reach = null) => new(
            name,
            Statistics.Median(rounds.Select(round => value(round.Store))),
            Statistics.Median(rounds.Select(round => value(round.Floor))),
            Statistics.Median(rounds.Select(round => value(round.Store) / value(round.Floor))),
            reach);
    }
}
