namespace EventStore.EF.Benchmarks;

/// <summary>
/// Single appends that arrive faster than raw ones can be served. The floor is the store itself at 60 % of what raw appends sustain.
/// </summary>
/// <param name="Name">For people.</param>
/// <param name="Profile">Where the server is.</param>
/// <param name="Share">The rate, as a multiple of what raw appends sustain.</param>
/// <param name="P99">What the 99th percentile is meant to reach beside that at 60 %, if anything.</param>
internal sealed record OverloadCase(string Name, OpenProfile Profile, double Share, Reach? P99) : BenchmarkCase(Name)
{
    private const double Comfortable = 0.6;

    /// <summary>From the last arrival until all are done, in seconds.</summary>
    private static readonly Reach Drained = Reach.AtMost(2);

    public override async Task<Outcome> RunAsync(Laboratory laboratory)
    {
        await using var site = await OpenSite.OpenAsync(laboratory, Profile);
        laboratory.Progress.Show($"{Name}: what raw appends sustain");
        var sustained = await site.SustainedAsync(laboratory.Duration);
        await new Arrivals(Comfortable * sustained, laboratory.Arrivals, Seed: 0).RunAsync(site.AppendAsync);

        var rounds = new List<(ArrivalTimes Overload, ArrivalTimes Comfort)>();
        Memory.ForgetPeak();
        var before = Memory.WorkingSet();
        for (var round = 1; round <= laboratory.Rounds; round++)
        {
            laboratory.Progress.Show($"{Name}: round {round} of {laboratory.Rounds}");
            var comfort = await new Arrivals(Comfortable * sustained, laboratory.Arrivals, round).RunAsync(site.AppendAsync);
            rounds.Add((await new Arrivals(Share * sustained, laboratory.Arrivals, round).RunAsync(site.AppendAsync), comfort));
        }

        var overload = Statistics.Median(rounds.Select(round => round.Overload.PercentileMs(99)));
        var comfortable = Statistics.Median(rounds.Select(round => round.Comfort.PercentileMs(99)));
        return new(
            this, "p99 ms", new("p99 ms", overload, comfortable, overload / comfortable, P99),
            [
                new("arrivals/s", Share * sustained),
                new("drained in s", Statistics.Median(rounds.Select(round => round.Overload.Drained.TotalSeconds)), Reach: Drained),
                new("memory before, MB", before), new("peak, MB", Memory.Peak()),
            ]);
    }
}
