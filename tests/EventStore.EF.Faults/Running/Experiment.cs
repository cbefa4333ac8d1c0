using Npgsql;

namespace EventStore.EF.Faults;

/// <summary>One run: work goes on, faults strike, then everything is made whole, comes to rest and is checked.</summary>
internal sealed class Experiment(RunOptions options, TextWriter output)
{
    private static readonly TimeSpan Lease = TimeSpan.FromSeconds(3);

    private readonly Random _random = new(options.Seed);
    private readonly Dictionary<string, int> _struck = [];

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

    private async Task StrikeAsync(Laboratory laboratory, ProgressLine progress, CancellationToken ct)
    {
        await Task.Delay(TimeSpan.FromSeconds(Math.Min(3, options.Duration.TotalSeconds / 3)), TimeProvider.System, ct).ConfigureAwait(false);
        var started = TimeProvider.System.GetTimestamp();
        var turns = new Queue<Fault>();
        while (TimeProvider.System.GetElapsedTime(started) < options.Duration)
        {
            if (options.Faults.Count > 0)
            {
                // Now and then two together.
                var fault = Next(turns);
                var other = !fault.IsAlone && _random.Next(2) == 0 && turns.TryPeek(out var next) && !next.IsAlone ? turns.Dequeue() : null;
                await Task.WhenAll(
                    StrikeAsync(fault, laboratory, progress, ct), other is null ? Task.CompletedTask : StrikeAsync(other, laboratory, progress, ct)).ConfigureAwait(false);
            }

            await Task.Delay(TimeSpan.FromSeconds(0.3 + (1.4 * _random.NextDouble())), TimeProvider.System, ct).ConfigureAwait(false);
        }
    }

    private Fault Next(Queue<Fault> turns)
    {
        if (turns.Count == 0)
        {
            var shuffled = options.Faults.ToArray();
            _random.Shuffle(shuffled);
            foreach (var fault in shuffled)
                turns.Enqueue(fault);
        }

        return turns.Dequeue();
    }

    private async Task StrikeAsync(Fault fault, Laboratory laboratory, ProgressLine progress, CancellationToken ct)
    {
        var random = new Random(_random.Next());
        _struck[fault.Name] = _struck.GetValueOrDefault(fault.Name) + 1;
        await laboratory.Log.WriteAsync(new FaultBegan(HistoryLog.Now, fault.Name, "")).ConfigureAwait(false);
        string detail;
        try
        {
            detail = await fault.StrikeAsync(laboratory, random, ct).ConfigureAwait(false);
        }
        catch (NpgsqlException exception) when (!fault.IsAlone)
        {
            // The fault beside it took its connection.
            detail = $"ended early: {exception.Message}";
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
