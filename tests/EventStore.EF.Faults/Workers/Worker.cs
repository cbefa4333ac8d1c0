using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;

namespace EventStore.EF.Faults;

/// <summary>
/// A worker process: the program started again by itself. Its settings come on the first line of input, orders on the others
/// (<c>stop</c>, <c>kill-at point times</c>, <c>clock seconds</c>, <c>disturb seconds</c>, <c>new-events</c>); when the input ends, so does the process.
/// </summary>
internal static class Worker
{
    /// <summary>The database was away for too long when the process started; it is to be started again.</summary>
    public const int CouldNotStart = 75;

    /// <summary>The store refused to start with what it was given.</summary>
    public const int RefusedToStart = 76;

    public static async Task<int> RunAsync()
    {
        var settings = JsonSerializer.Deserialize(await Console.In.ReadLineAsync().ConfigureAwait(false) ?? "", WorkerJson.Default.WorkerSettings)!;
        await using var log = new HistoryLog(Path.Combine(settings.Folder, $"{settings.Name}.history"));
        AppDomain.CurrentDomain.UnhandledException += (_, unhandled) =>
            log.WriteAsync(new Misbehaved(HistoryLog.Now, settings.Name, $"unhandled {unhandled.ExceptionObject}")).Wait();

        if (settings.Without is { } safeguard)
            SafeguardSwitches.Remove(safeguard);

        var (clock, kill) = (new Clock(), new KillPoints());
        if (settings.Provider is Provider.Sqlite)
            SqlitePoints.Watch(kill);

        using var stopping = new CancellationTokenSource();
        var host = WorkerHost.Build(settings, log, clock, kill);
        await using var disposing = (IAsyncDisposable)host;
        _ = ObeyAsync(clock, kill, host.Services, stopping);
        try
        {
            await host.StartAsync(stopping.Token).ConfigureAwait(false);
        }
        catch (Exception exception) when (exception is EventStoreUnavailableException or LockTimeoutException or OperationCanceledException)
        {
            return stopping.IsCancellationRequested ? 0 : CouldNotStart;
        }
        catch (InvalidOperationException exception) when (settings.HasTransientContext)
        {
            await Console.Error.WriteLineAsync(exception.Message).ConfigureAwait(false);
            return RefusedToStart;
        }

        var counting = CountAsync(host.Services, stopping.Token);
        if (settings.IsWriter)
        {
            // Before the first append: whatever the store opens for the first time, it opens for a caller inside a scope.
            var scopes = await host.Services.GetRequiredService<Bystanders>().RunScopesAsync(stopping.Token).ConfigureAwait(false);
            await host.Services.GetRequiredService<Workload>().RunAsync(stopping.Token).ConfigureAwait(false);
            await scopes.ConfigureAwait(false);
        }

        await counting.ConfigureAwait(false);
        await host.StopAsync(CancellationToken.None).ConfigureAwait(false);
        return 0;
    }

    private static async Task ObeyAsync(Clock clock, KillPoints kill, IServiceProvider services, CancellationTokenSource stopping)
    {
        await Task.Yield();
        while (await Console.In.ReadLineAsync().ConfigureAwait(false) is { } line)
        {
            switch (line.Split(' '))
            {
                case ["stop"]:
                    await stopping.CancelAsync().ConfigureAwait(false);
                    break;
                case ["kill-at", var point, var times]:
                    kill.Arm(point, int.Parse(times, null));
                    break;
                case ["clock", var seconds]:
                    clock.Jump(TimeSpan.FromSeconds(int.Parse(seconds, null)));
                    break;
                case ["disturb", var seconds]:
                    _ = services.GetRequiredService<Bystanders>().DisturbAsync(TimeSpan.FromSeconds(int.Parse(seconds, null)));
                    break;
                case ["new-events"]:
                    services.GetRequiredService<Rollout>().Begin();
                    break;
            }
        }

        // Whoever started this is gone.
        Environment.Exit(0);
    }

    private static async Task CountAsync(IServiceProvider services, CancellationToken ct)
    {
        var (workload, witness) = (services.GetRequiredService<Workload>(), services.GetRequiredService<Witness>());
        using var timer = new PeriodicTimer(TimeSpan.FromSeconds(0.5), TimeProvider.System);
        do
            Console.WriteLine($"{workload.Acknowledged} {witness.Deliveries}");
        while (await TicksAsync(timer, ct).ConfigureAwait(false));

        Console.WriteLine($"{workload.Acknowledged} {witness.Deliveries}");
    }

    private static async Task<bool> TicksAsync(PeriodicTimer timer, CancellationToken ct)
    {
        try
        {
            return await timer.WaitForNextTickAsync(ct).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            return false;
        }
    }
}
