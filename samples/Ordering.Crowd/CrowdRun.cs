using EventStore.EF;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using static System.FormattableString;

namespace Ordering.Crowd;

/// <summary>Places orders with the shop's code, waits until both subscriptions have caught up, and verifies what they wrote.</summary>
internal sealed class CrowdRun(IEventStore store, Verification verification, IHostApplicationLifetime lifetime)
{
    private static readonly SubscriptionName[] Subscriptions = ["order-list", "order-emails"];
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(10);

    /// <summary>Returns the exit code: 0 if everything is equal, 1 if something differs, 130 after Ctrl+C.</summary>
    public static async Task<int> RunAsync(int orders, string? sqliteFile, string? postgres)
    {
        var builder = Host.CreateApplicationBuilder();
        builder.Logging.AddFilter(null, LogLevel.Warning).AddFilter("Microsoft.Extensions.Hosting.Internal.Host", LogLevel.None);
        builder.Services.AddShop(postgres, sqliteFile);
        builder.Services.AddSingleton<CrowdRun>().AddSingleton<Verification>();
        using var host = builder.Build();
        await host.StartAsync();
        var run = host.Services.GetRequiredService<CrowdRun>();
        try
        {
            return await run.RunAsync(orders) ? 0 : 1;
        }
        catch (OperationCanceledException) when (run.Stopping.IsCancellationRequested)
        {
            Console.WriteLine("Stopped. Everything that was appended is there: run it again with 0 to verify it.");
            return 130;
        }
        finally
        {
            await host.StopAsync();
        }
    }

    private CancellationToken Stopping => lifetime.ApplicationStopping;

    private async Task<bool> RunAsync(int orders)
    {
        if (orders > 0)
        {
            var crowd = new Crowd(store, orders);
            await Progress.ShowAsync(crowd.OrderAsync(Stopping), async () => $"{crowd.Served} of {orders} orders · {await LagAsync()}");
            Console.WriteLine(crowd);
        }

        await Progress.ShowAsync(CatchUpAsync(), LagAsync);
        return await verification.RunAsync(Stopping);
    }

    /// <summary>Waits until the subscriptions have finished the last event, whichever process runs them.</summary>
    private async Task CatchUpAsync()
    {
        var newest = new ReadOptions { Direction = ReadDirection.Backward, MaxCount = 1 };
        var last = await store.ReadAllAsync(newest, Stopping).FirstOrDefaultAsync(Stopping);
        foreach (var subscription in Subscriptions)
            await store.Subscriptions.WaitForAsync(subscription, last?.Position ?? 0, Patience, cancellationToken: Stopping);
    }

    private async Task<string> LagAsync() => string.Join(" · ", await store.Subscriptions.ListAsync(Stopping)
        .Where(it => Subscriptions.Contains(it.Name)).Select(it => Invariant($"{it.Name} {it.LagEvents:N0} behind")).ToListAsync(Stopping));
}
