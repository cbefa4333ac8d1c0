using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace EventStore.EF.SubscriptionWorker;

/// <summary>
/// A consumer of batches of one event, which stands by. Says <c>ready</c>, <c>delivered</c> with each number, and <c>ended</c> with why. Order:
/// <c>ack</c> acknowledges all that was delivered, says <c>acknowledged</c> or <c>refused</c> with why.
/// </summary>
internal static class ConsumerProcess
{
    public static async Task<int> RunAsync(string connection, string subscription, TimeSpan lease)
    {
        using var host = Stores.Host(connection, lease);
        var store = host.Services.GetRequiredService<IEventStore>();
        await using var consumer = await store.SubscribeAsync(subscription, new() { StandBy = true, BatchSize = 1, CheckpointEvery = 1 });
        EventBatch? last = null;
        Orders.Take(async _ =>
        {
            await consumer.AckAsync(last!);
            Orders.Say($"acknowledged {last!.Events[0].As<Numbered>().Number}");
        });
        Orders.Say("ready");
        try
        {
            await foreach (var batch in consumer.ReadBatchesAsync())
            {
                last = batch;
                Orders.Say($"delivered {batch.Events[0].As<Numbered>().Number}");
            }
        }
        catch (EventStoreException exception)
        {
            Orders.Say($"ended {exception.GetType().Name}");
        }

        // Orders are still taken.
        await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System);
        return 0;
    }
}
