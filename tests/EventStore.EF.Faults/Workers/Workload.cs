using Microsoft.Extensions.DependencyInjection;

namespace EventStore.EF.Faults;

/// <summary>The writers of a process. What an earlier run of it left without an answer is repeated first, with the same ids.</summary>
internal sealed class Workload(WorkerSettings settings, HistoryLog log, KillPoints kill, Rollout rollout, IServiceProvider services)
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(60);

    private long _acknowledged;

    /// <summary>Events that the store said are stored.</summary>
    public long Acknowledged => Interlocked.Read(ref _acknowledged);

    public async Task RunAsync(CancellationToken ct)
    {
        var unanswered = new History(File.ReadLines(log.Path).Select(HistoryLine.Read)).Operations.Values
            .Where(operation => operation is { Acknowledged: null, Refused: null, Intent.Kind: not (OperationKinds.Accompanied or OperationKinds.Cancelled) })
            .ToArray();
        await Task.WhenAll(Enumerable.Range(0, WorkerSettings.Writers).Select(number => Task.Run(() => WriteAsync(
            number, unanswered.Where((_, index) => index % WorkerSettings.Writers == number), ct), CancellationToken.None))).ConfigureAwait(false);
    }

    private async Task WriteAsync(int number, IEnumerable<Operation> unanswered, CancellationToken ct)
    {
        var random = new Random(HashCode.Combine(settings.Seed, number));
        var streams = new Streams($"{settings.Name}-{number}", random);
        var writer = new Writer(services.GetRequiredService<IEventStore>(), services.GetRequiredService<IServiceScopeFactory>(), log, kill, streams, rollout, random);
        foreach (var operation in unanswered)
            await RunAsync(writer, operation.Intent, ct).ConfigureAwait(false);

        while (!ct.IsCancellationRequested)
        {
            await RunAsync(writer, streams.Next(), ct).ConfigureAwait(false);
            await Task.Delay(random.NextDouble() * 2 * Pause, TimeProvider.System, CancellationToken.None).ConfigureAwait(false);
        }
    }

    private async Task RunAsync(Writer writer, Intended operation, CancellationToken ct)
    {
        try
        {
            Interlocked.Add(ref _acknowledged, await writer.RunAsync(operation, ct).ConfigureAwait(false));
        }
        catch (Exception exception) when (exception is not OperationCanceledException)
        {
            await log.WriteAsync(new Misbehaved(HistoryLog.Now, settings.Name, $"{operation.Operation} ({operation.Kind}) met {exception}")).ConfigureAwait(false);
        }
    }
}
