using Microsoft.Extensions.DependencyInjection;

namespace EventStore.EF.Benchmarks;

/// <summary>Batches read by a new subscription each time, every event acknowledged on its own.</summary>
internal sealed record AcknowledgedCatchUpCase(string Name, Reach Reach) : CatchUpCase(Name, Reach)
{
    protected override async Task<Outcome> RunAsync(Laboratory laboratory, string connectionString, Workload floor, ServerProcesses? processes)
    {
        await using var host = new StoreHost(store => store.UsePostgreSql(connectionString));
        return await CompareAsync(laboratory, () => ReadAsync(host.Store), floor, processes);
    }

    private static async Task ReadAsync(IEventStore store)
    {
        SubscriptionName name = $"catch-up-{Guid.CreateVersion7():N}";
        await using (var subscription = await store.SubscribeAsync(name, new() { PageSize = PageSize, CheckpointEvery = CheckpointEvery }))
        {
            var left = ReadStock.Events;
            await foreach (var batch in subscription.ReadBatchesAsync())
            {
                foreach (var @event in batch.Events)
                    await subscription.AckAsync(@event);

                left -= batch.Events.Count;
                if (left == 0)
                    break;
            }
        }

        await store.Subscriptions.DeleteAsync(name);
    }
}
