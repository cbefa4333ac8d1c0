using Microsoft.Extensions.Hosting;

namespace EventStore.EF.Faults;

/// <summary>Runs <see cref="Subscriptions.Audit"/> by the low-level face: reads batches, writes them down, acknowledges.</summary>
internal sealed class Auditor(IEventStore store, Witness witness, HistoryLog log, WorkerSettings settings) : BackgroundService
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(200);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        await Task.Yield();
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                await RunAsync(stoppingToken).ConfigureAwait(false);
            }
            catch (Exception exception) when (exception
                is SubscriptionLostException or SubscriptionAheadException or EventStoreUnavailableException or LockTimeoutException)
            {
                // Another process has it now, the store went back, or the database was away at the beginning; this one begins or stands by again.
                await Task.Delay(Pause, TimeProvider.System, CancellationToken.None).ConfigureAwait(false);
            }
            catch (Exception exception) when (!stoppingToken.IsCancellationRequested)
            {
                await log.WriteAsync(new Misbehaved(HistoryLog.Now, settings.Name, $"{Subscriptions.Audit} ended with {exception}")).ConfigureAwait(false);
                await Task.Delay(Pause, TimeProvider.System, CancellationToken.None).ConfigureAwait(false);
            }
            catch (OperationCanceledException)
            {
                // The process stops.
            }
        }
    }

    private async Task RunAsync(CancellationToken ct)
    {
        await using var subscription = await store.SubscribeAsync(Subscriptions.Audit, new() { StandBy = true }, ct).ConfigureAwait(false);
        await foreach (var batch in subscription.ReadBatchesAsync(ct).ConfigureAwait(false))
        {
            foreach (var @event in batch.Events)
                witness.Saw(Subscriptions.Audit, @event);

            await subscription.AckAsync(batch, ct).ConfigureAwait(false);
        }
    }
}
