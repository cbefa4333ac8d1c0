using Microsoft.Extensions.DependencyInjection;

namespace EventStore.EF.Benchmarks;

/// <summary>A typed handler that does nothing, run by the host and set back to the beginning each time.</summary>
internal sealed record HandlerCatchUpCase(string Name, Reach Reach) : CatchUpCase(Name, Reach)
{
    private const string Subscription = "catch-up";

    protected override async Task<Outcome> RunAsync(Laboratory laboratory, string connectionString, Workload floor, ServerProcesses? processes)
    {
        var tally = new Tally();
        var first = tally.ExpectAsync(ReadStock.Events);
        await using var host = await SubscribedHost.StartAsync(
            store => store.UsePostgreSql(connectionString).AddSubscriber<CountingHandler>(Subscription, options =>
            {
                options.PageSize = PageSize;
                options.CheckpointEvery = CheckpointEvery;
            }),
            services => services.AddSingleton(tally));
        await first;
        return await CompareAsync(
            laboratory,
            async () =>
            {
                var all = tally.ExpectAsync(ReadStock.Events);
                await host.Store.Subscriptions.RewindAsync(Subscription, 0, ParkedEventHandling.Keep);
                await all;
            },
            floor,
            processes);
    }
}
