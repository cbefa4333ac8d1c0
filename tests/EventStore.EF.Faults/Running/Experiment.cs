using System.Collections.Concurrent;
using Npgsql;

namespace EventStore.EF.Faults;

/// <summary>One run: work goes on, faults strike, then everything is made whole, comes to rest and is checked.</summary>
internal sealed class Experiment(RunOptions options, TextWriter output)
{
    /// <summary>Faults at a time.</summary>
    private const int Strands = 2;

    private static readonly TimeSpan Lease = TimeSpan.FromSeconds(3);

    private readonly Random _random = new(options.Seed);
    private readonly ConcurrentDictionary<string, int> _struck = new();
    private int _rounds;

    public async Task<Outcome> RunAsync(CancellationToken ct)
    {
        var required = options.Faults.Aggregate(
            new LaboratoryOptions(options.Seed, options.Duration, false, false, false, Lease, options.Without), (wanted, fault) => fault.Require(wanted));
        await using var laboratory = Create(required);
        await laboratory.StartAsync(ct).ConfigureAwait(false);
        await using (var progress = new ProgressLine(output, () =>
            $"{laboratory.Workers.Sum(worker => worker.Acknowledged):N0} events acknowledged · {laboratory.Workers.Sum(worker => worker.Delivered):N0} delivered · {_struck.Values.Sum()} faults"))
        {
            await StrikeAsync(laboratory, progress, ct).ConfigureAwait(false);
        }

        output.WriteLine("Everything is whole again; the writers stop, and the subscriptions catch up.");
        var history = await laboratory.FinishAsync().ConfigureAwait(false);
        Keep(laboratory);
        if (history.Stored.Count == 0)
            throw new LaboratoryException("Nothing was stored in all that time, which proves nothing.");

        return new(history, _struck, HistoryChecker.Check(history));
    }

    private Laboratory Create(LaboratoryOptions required)
        => options.Provider is Provider.Sqlite ? new SqliteLaboratory(required) : new PostgreSqlLaboratory(required);

    /// <summary>Two faults at a time, each followed by the next; one that must be alone waits until the other is over.</summary>
    private async Task StrikeAsync(Laboratory laboratory, ProgressLine progress, CancellationToken ct)
    {
        await Task.Delay(TimeSpan.FromSeconds(Math.Min(3, options.Duration.TotalSeconds / 3)), TimeProvider.System, ct).ConfigureAwait(false);
        var started = TimeProvider.System.GetTimestamp();
        var turns = new Queue<Fault>();
        using var turn = new SemaphoreSlim(1, 1);
        using var strands = new SemaphoreSlim(Strands, Strands);
        await Task.WhenAll(Enumerable.Range(0, Strands).Select(_ => StrikeOnAsync())).ConfigureAwait(false);

        async Task StrikeOnAsync()
        {
            while (TimeProvider.System.GetElapsedTime(started) < options.Duration)
            {
                if (options.Faults.Count > 0)
                    await StrikeNextAsync().ConfigureAwait(false);

                await Task.Delay(TimeSpan.FromSeconds(0.2 + (1.0 * Random.Shared.NextDouble())), TimeProvider.System, ct).ConfigureAwait(false);
            }
        }

        async Task StrikeNextAsync()
        {
            // One after the other, so that a fault that must be alone gets all strands, and the next one waits behind it.
            await turn.WaitAsync(ct).ConfigureAwait(false);
            Fault fault;
            Random random;
            int taken;
            try
            {
                fault = Next(turns);
                random = new(_random.Next());
                taken = fault.IsAlone ? Strands : 1;
                for (var strand = 0; strand < taken; strand++)
                    await strands.WaitAsync(ct).ConfigureAwait(false);
            }
            finally
            {
                turn.Release();
            }

            try
            {
                await StrikeAsync(fault, random, laboratory, progress, ct).ConfigureAwait(false);
            }
            finally
            {
                strands.Release(taken);
            }
        }
    }

    private Fault Next(Queue<Fault> turns)
    {
        if (turns.Count == 0)
        {
            // Those that take as long as all others together leave them two rounds of three.
            var isForAll = _rounds++ % 3 == 0 || options.Faults.All(fault => fault.IsLong);
            var shuffled = options.Faults.Where(fault => isForAll || !fault.IsLong).ToArray();
            _random.Shuffle(shuffled);
            foreach (var fault in shuffled)
                turns.Enqueue(fault);
        }

        return turns.Dequeue();
    }

    private async Task StrikeAsync(Fault fault, Random random, Laboratory laboratory, ProgressLine progress, CancellationToken ct)
    {
        _struck.AddOrUpdate(fault.Name, 1, (_, times) => times + 1);
        await laboratory.Log.WriteAsync(new FaultBegan(HistoryLog.Now, fault.Name, "")).ConfigureAwait(false);
        string detail;
        try
        {
            if (fault.IsAlone)
                await laboratory.AcceptsAsync(ct).ConfigureAwait(false);

            detail = await fault.StrikeAsync(laboratory, random, ct).ConfigureAwait(false);
        }
        catch (NpgsqlException exception)
        {
            // The fault beside it took its connection, or a server that was short of something ended it.
            detail = $"ended early: {exception.Message}";
            await laboratory.AcceptsAsync(ct).ConfigureAwait(false);
        }

        catch (EventStoreException exception)
        {
            // What the laboratory asked of the store was refused for minutes. The run goes on, so that it ends with a verdict.
            detail = $"refused: {exception.Message}";
            await laboratory.Log.WriteAsync(new Misbehaved(HistoryLog.Now, fault.Name, exception.ToString())).ConfigureAwait(false);
        }

        await laboratory.Log.WriteAsync(new FaultEnded(HistoryLog.Now, fault.Name, detail)).ConfigureAwait(false);
        progress.Say($"{fault.Name}: {detail}");
    }

    private void Keep(Laboratory laboratory)
    {
        if (options.Keep is not { } folder)
            return;

        folder.Create();
        foreach (var file in Directory.EnumerateFiles(laboratory.Histories))
            File.Copy(file, Path.Combine(folder.FullName, Path.GetFileName(file)), overwrite: true);
    }
}
