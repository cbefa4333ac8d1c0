namespace EventStore.EF.Benchmarks;

/// <summary>Store and floor by turns, so that whatever the machine does meanwhile befalls both.</summary>
internal sealed class Contest(BenchmarkOptions options, Progress progress)
{
    public async Task<Comparison> RunAsync(string name, Workload store, Workload floor, ServerProcesses? server)
    {
        var rounds = new List<(Round Store, Round Floor)>();
        for (var round = 0; round <= options.Rounds; round++)
        {
            progress.Show(round == 0 ? $"{name}: warming up" : $"{name}: round {round} of {options.Rounds}");

            // Each is first in every other round: what one leaves behind, such as pages to be written, the next one pays for.
            var (byStore, byFloor) = (default(Round), default(Round));
            if (round % 2 == 0)
                byStore = await store.RunAsync(options.Duration, server);

            byFloor = await floor.RunAsync(options.Duration, server);
            byStore ??= await store.RunAsync(options.Duration, server);
            if (round > 0)
                rounds.Add((byStore, byFloor));
        }

        return new(rounds);
    }
}
