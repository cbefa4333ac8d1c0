using Microsoft.Extensions.Hosting;

namespace EventStore.EF.Faults;

/// <summary>Subscribes at the end again and again, for a moment each time, and writes down what came.</summary>
internal sealed class Newcomers(IEventStore store, Witness witness, HistoryLog log, WorkerSettings settings) : BackgroundService
{
    private static readonly TimeSpan Stay = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(3);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        await Task.Yield();
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                await StayAsync(stoppingToken).ConfigureAwait(false);
                await Task.Delay(Pause, TimeProvider.System, stoppingToken).ConfigureAwait(false);
            }
            catch (Exception exception) when (exception is OperationCanceledException or EventStoreException)
            {
                // It has stayed long enough, or the database is away.
            }
        }
    }

    private async Task StayAsync(CancellationToken ct)
    {
        var name = $"newcomer-{settings.Name}-{Guid.CreateVersion7().ToString("N")[^8..]}";
        using var staying = CancellationTokenSource.CreateLinkedTokenSource(ct);
        await using var subscription = await store.SubscribeTransientAsync(new() { Start = SubscriptionStart.Current }, ct).ConfigureAwait(false);
        await log.WriteAsync(new Joined(HistoryLog.Now, name)).ConfigureAwait(false);
        staying.CancelAfter(Stay);
        try
        {
            await foreach (var batch in subscription.ReadBatchesAsync(staying.Token).ConfigureAwait(false))
            {
                foreach (var @event in batch.Events)
                    witness.Saw(name, @event);

                await subscription.AckAsync(batch, ct).ConfigureAwait(false);
            }
        }
        catch (OperationCanceledException) when (!ct.IsCancellationRequested)
        {
            // It leaves.
        }
    }
}
