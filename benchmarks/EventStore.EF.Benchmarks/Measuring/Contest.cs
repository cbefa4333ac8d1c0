using System.Runtime;

namespace EventStore.EF.Benchmarks;

/// <summary>Store and floor by turns, so that whatever the machine does meanwhile befalls both.</summary>
internal sealed class Contest(BenchmarkOptions options, Progress progress)
{
    /// <summary>
    /// A round in which so few methods are compiled measures what they do. Until then the compiler takes a core of its own, and methods
    /// run in their first form, which counts its calls.
    /// </summary>
    private const int FewMethods = 20;

    public async Task<Comparison> RunAsync(string name, Workload store, Workload floor, ServerProcesses? server)
    {
        for (var round = 1; round <= options.Rounds; round++)
        {
            progress.Show($"{name}: warming up, {round}");
            var before = JitInfo.GetCompiledMethodCount();
            await RunAsync(round, store, floor, server);
            if (JitInfo.GetCompiledMethodCount() - before < FewMethods)
                break;
        }

        var rounds = new List<(Round Store, Round Floor)>();
        for (var round = 1; round <= options.Rounds; round++)
        {
            progress.Show($"{name}: round {round} of {options.Rounds}");
            rounds.Add(await RunAsync(round, store, floor, server));
        }

        return new(rounds);
    }

    /// <summary>Each is first in every other round: what one leaves behind, such as pages to be written, the next one pays for.</summary>
    private async Task<(Round Store, Round Floor)> RunAsync(int round, Workload store, Workload floor, ServerProcesses? server)
    {
        var byStore = round % 2 == 0 ? await store.RunAsync(options.Duration, server) : null;
        var byFloor = await floor.RunAsync(options.Duration, server);
        return (byStore ?? await store.RunAsync(options.Duration, server), byFloor);
    }
}
