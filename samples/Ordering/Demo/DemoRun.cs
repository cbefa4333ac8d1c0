using System.Globalization;
using Ordering.Orders;

namespace Ordering.Demo;

/// <summary>
/// Lets customers place orders at once, waits until both subscriptions have caught up, and compares what they wrote with the events.
/// Everything runs as in the web application: the same desk, the same rules, the same subscriptions.
/// </summary>
internal sealed class DemoRun(IServiceProvider services, IHostApplicationLifetime lifetime)
{
    private const int Customers = 16;

    /// <summary>Returns the exit code: 0 when everything is equal, 1 when something differs, 130 when it was interrupted.</summary>
    public static async Task<int> RunAsync(Settings settings, int orders)
    {
        var builder = Host.CreateApplicationBuilder();
        builder.Logging.AddFilter(null, LogLevel.Warning);
        builder.Services.AddShop(settings);
        using var host = builder.Build();
        Console.WriteLine($"Database: {settings.Database}");
        await host.StartAsync();
        var run = ActivatorUtilities.CreateInstance<DemoRun>(host.Services);
        try
        {
            return await run.RunAsync(orders);
        }
        catch (OperationCanceledException) when (run.Stopping.IsCancellationRequested)
        {
            Console.WriteLine("Stopped. What was appended is there: start again, or see with --demo 0.");
            return 130;
        }
        finally
        {
            await host.StopAsync();
        }
    }

    private CancellationToken Stopping => lifetime.ApplicationStopping;

    private async Task<int> RunAsync(int orders)
    {
        var checkpoints = ActivatorUtilities.CreateInstance<Checkpoints>(services);

        // What an interrupted run has left over must not count as this run's work.
        await CatchUpAsync(checkpoints);
        if (orders > 0)
            await TradeAsync(orders, checkpoints);

        return await ActivatorUtilities.CreateInstance<Verification>(services).RunAsync(Stopping) ? 0 : 1;
    }

    private async Task CatchUpAsync(Checkpoints checkpoints)
    {
        using var work = new Work();
        await using (new ProgressLine(() => $"Catching up with what is there · {work.Projected.Count:N0} projected · {work.Mailed.Count:N0} e-mails"))
            await checkpoints.CaughtUpAsync(Stopping);
    }

    private async Task TradeAsync(int orders, Checkpoints checkpoints)
    {
        using var work = new Work();
        var customers = new Crowd(services.GetRequiredService<OrderDesk>(), orders);
        await using (new ProgressLine(() =>
            $"{customers.Served:N0} of {orders:N0} orders · {work.Appended.Count:N0} events appended · {work.Projected.Count:N0} projected · {work.Mailed.Count:N0} e-mails"))
        {
            await customers.ComeAsync(Customers, Stopping);
            await checkpoints.CaughtUpAsync(Stopping);
        }

        Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"""
            {Customers} customers: {orders:N0} orders, {work.Conflicts.Count:N0} version conflicts tried again, {customers.Refused:N0} wishes refused by the rules.
              appended   {work.Appended}
              projected  {work.Projected}
              e-mails    {work.Mailed}
            """));
    }
}
