namespace EventStore.EF.Benchmarks;

/// <summary>The rounds of a contest; figures are their medians, and a ratio is the median of the rounds' ratios.</summary>
internal sealed class Comparison(IReadOnlyList<(Round Store, Round Floor)> rounds)
{
    public Figure Rate(Reach? reach = null) => Of("rate", round => round.PerSecond, reach);

    /// <summary>What stands beside the rate.</summary>
    public IEnumerable<Figure> Beside(Reach? ofLatency = null, Reach? ofServerCpu = null)
    {
        yield return Of("p50 ms", round => round.P50, ofLatency);
        yield return Of("p99 ms", round => round.P99);
        if (rounds[0].Store.ClientCpu is not null)
            yield return Of("client CPU µs", round => round.ClientCpu!.Value);
        if (rounds[0].Store.ServerCpu is not null)
            yield return Of("server CPU µs", round => round.ServerCpu!.Value, ofServerCpu);

        yield return Of("allocated B", round => round.Allocated);
        if (rounds[0].Store.Others is not null)
            yield return Of("others' CPU %", round => round.Others!.Value);
    }

    private Figure Of(string name, Func<Round, double> value, Reach? reach = null)
    {
        // Of nothing at all, such as the others' CPU on a quiet machine, there is no ratio.
        var ratio = Statistics.Median(rounds.Select(round => value(round.Store) / value(round.Floor)));
        return new(
            name,
            Statistics.Median(rounds.Select(round => value(round.Store))),
            Statistics.Median(rounds.Select(round => value(round.Floor))),
            double.IsFinite(ratio) ? ratio : null,
            reach);
    }
}
