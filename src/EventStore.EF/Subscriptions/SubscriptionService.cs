using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace EventStore.EF;

/// <summary>Runs the application's subscriptions with the host: the runners, the one tail reader, the watch for other processes' appends, and the leases.</summary>
internal sealed partial class SubscriptionService(
    IEnumerable<SubscriberRegistration> registrations, EventCatalog catalog, IServiceScopeFactory scopes, IStorage storage, WakeUp wakeUp,
    Leases leases, TailReader tail, EventStoreOptions options, TimeProvider time, ILoggerFactory loggers) : BackgroundService
{
    private readonly ILogger _logger = loggers.CreateLogger<SubscriptionService>();

    public override Task StartAsync(CancellationToken cancellationToken)
    {
        // Made here, so that a handler that can't be dispatched to fails the start rather than a background task.
        Runners = [.. registrations.Select(registration => new SubscriptionRunner(
            registration, new SubscriberHandler(registration, catalog, scopes), storage, leases, tail, options, time,
            loggers.CreateLogger<SubscriptionRunner>()))];
        return base.StartAsync(cancellationToken);
    }

    private IReadOnlyList<SubscriptionRunner> Runners { get; set; } = [];

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        if (Runners.Count == 0)
            return;

        // The leases are kept until the last runner has given its own back.
        using var keeping = new CancellationTokenSource();
        var keeper = ApartAsync(leases.KeepAsync, keeping.Token);
        await Task.WhenAll([
            ApartAsync(tail.RunAsync, stoppingToken),
            ApartAsync(WatchAsync, stoppingToken),
            .. Runners.Select(runner => ApartAsync(runner.RunAsync, stoppingToken)),
        ]).ConfigureAwait(false);
        await keeping.CancelAsync().ConfigureAwait(false);
        await keeper.ConfigureAwait(false);
    }

    private async Task WatchAsync(CancellationToken ct)
    {
        while (true)
        {
            try
            {
                await storage.WatchAsync(OnChanged, ct).ConfigureAwait(false);
            }
            catch (Exception exception) when (!ct.IsCancellationRequested)
            {
                LogWatchFailed(_logger, options.PollingInterval, exception);
            }

            // What was announced meanwhile is found by looking.
            OnChanged(StoreChange.Appended | StoreChange.Subscriptions);
            await Task.Delay(options.PollingInterval, time, ct).ConfigureAwait(false);
        }
    }

    private void OnChanged(StoreChange change)
    {
        if (change.HasFlag(StoreChange.Appended))
            wakeUp.Events.Set();
        if (change.HasFlag(StoreChange.Subscriptions))
            leases.Look();
    }

    private static async Task ApartAsync(Func<CancellationToken, Task> run, CancellationToken ct)
    {
        // SQLite answers without ever giving its thread back: run from here, the first subscription would catch up wholly before the
        // second one starts.
        await Task.Yield();
        try
        {
            await run(ct).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            // The host stops.
        }
    }

    [LoggerMessage(LogLevel.Warning, "Notifications of other processes' appends are interrupted; new events are found by polling every {Delay} until they are back")]
    private static partial void LogWatchFailed(ILogger logger, TimeSpan delay, Exception exception);
}
