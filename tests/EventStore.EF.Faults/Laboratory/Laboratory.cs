using System.Data.Common;
using EventStore.EF.TestDatabases;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Storage;
using Microsoft.Extensions.DependencyInjection;

namespace EventStore.EF.Faults;

/// <summary>A database, eight writers in two processes, and four subscriptions over three: all that a fault can strike.</summary>
internal abstract class Laboratory : IAsyncDisposable
{
    private const int WriterProcesses = 2;
    private const int SubscriberProcesses = 3;
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);

    private CheckpointWatch? _watch;

    protected Laboratory(LaboratoryOptions options)
    {
        Options = options;
        Folder = Directory.CreateTempSubdirectory("eventstore-faults-").FullName;
        Undo = new();
        Undo.With("rm", "-rf", Folder);
        Histories = Directory.CreateDirectory(Path.Combine(Folder, "history")).FullName;
        Log = new(Path.Combine(Histories, "laboratory.history"));
        Troubles = new(Histories);
        if (Programs.IsRoot && !OperatingSystem.IsWindows())
            File.SetUnixFileMode(Folder, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute | UnixFileMode.GroupExecute | UnixFileMode.OtherExecute);
    }

    public LaboratoryOptions Options { get; }

    public HistoryLog Log { get; }

    /// <summary>Where the logs of all processes lie.</summary>
    public string Histories { get; }

    /// <summary>What the handlers of all processes fail on.</summary>
    public Troubles Troubles { get; }

    public IReadOnlyList<WorkerProcess> Writers { get; private set; } = [];

    public IReadOnlyList<WorkerProcess> Subscribers { get; private set; } = [];

    public IEnumerable<WorkerProcess> Workers => Writers.Concat(Subscribers);

    /// <summary>A process that the store must refuse to start in; it is started by a fault only.</summary>
    public WorkerProcess Misconfigured { get; private set; } = null!;

    protected string Folder { get; }

    protected Undo Undo { get; }

    protected abstract Provider Provider { get; }

    /// <summary>A connection past everything that may be broken.</summary>
    public abstract DbConnection Connect();

    /// <summary>The name of one of the store's tables in SQL.</summary>
    public abstract string Table(string name);

    /// <summary>Starts everything.</summary>
    public async Task StartAsync(CancellationToken ct)
    {
        await StartDatabaseAsync(ct).ConfigureAwait(false);
        await MigrateAsync(ct).ConfigureAwait(false);
        foreach (var (name, isPartitioned) in Subscriptions.All)
            await Log.WriteAsync(new Subscribed(HistoryLog.Now, name, isPartitioned)).ConfigureAwait(false);

        Writers = [.. Enumerable.Range(1, WriterProcesses).Select(number => CreateWorker($"w{number}", true, number))];
        Subscribers = [.. Enumerable.Range(1, SubscriberProcesses).Select(number => CreateWorker($"s{number}", false, number))];
        Misconfigured = CreateWorker("misconfigured", false, 0, hasTransientContext: true);
        foreach (var worker in Workers)
            worker.Start();

        _watch = new(this);
        await Task.WhenAll(Workers.Select(worker => worker.ReadyAsync(ct))).ConfigureAwait(false);
    }

    /// <summary>Lets the writers end, the subscriptions catch up, and everything stop. Returns what has happened.</summary>
    public async Task<History> FinishAsync()
    {
        await Task.WhenAll(Writers.Select(writer => writer.StopAsync())).ConfigureAwait(false);
        await MendAsync().ConfigureAwait(false);
        await _watch!.CaughtUpAsync().ConfigureAwait(false);
        await Task.WhenAll(Subscribers.Select(subscriber => subscriber.StopAsync())).ConfigureAwait(false);
        await _watch.DisposeAsync().ConfigureAwait(false);
        _watch = null;
        await new FinalState(this).WriteAsync().ConfigureAwait(false);
        await Log.DisposeAsync().ConfigureAwait(false);
        return History.Read(Histories);
    }

    /// <summary>Ends a process in good order, and has it start again with a build.</summary>
    public static async Task RestartAsync(WorkerProcess worker, Build build, CancellationToken ct)
    {
        var starts = worker.Starts;
        worker.Build = build;
        worker.Order("stop");
        await worker.RestartedAsync(starts, ct).ConfigureAwait(false);
    }

    /// <summary>Asks something of the store, past everything that may be broken.</summary>
    public async Task<T> AskAsync<T>(Func<IEventStore, Task<T>> question)
    {
        for (var started = TimeProvider.System.GetTimestamp(); ;)
        {
            var services = BuildServices();
            await using (services.ConfigureAwait(false))
            {
                try
                {
                    return await question(services.GetRequiredService<IEventStore>()).ConfigureAwait(false);
                }
                catch (EventStoreException exception) when (
                    exception is EventStoreUnavailableException or LockTimeoutException && TimeProvider.System.GetElapsedTime(started) < Patience)
                {
                    // Another fault is at work.
                }
            }
        }
    }

    /// <summary>Has everything handled again that is parked; returns how many events.</summary>
    public Task<int> ReplayParkedAsync(CancellationToken ct)
        => AskAsync(store => store.Subscriptions.ReplayParkedAsync(Subscriptions.Troubled, cancellationToken: ct));

    /// <summary>Resumes what has stopped.</summary>
    public Task ResumeAsync(CancellationToken ct) => AskAsync(async store =>
    {
        await store.Subscriptions.ResumeAsync(Subscriptions.Stopping, cancellationToken: ct).ConfigureAwait(false);
        return true;
    });

    /// <summary>Waits until an event is parked that may not be known yet; false when it takes too long.</summary>
    public async Task<bool> IsParkedAsync(Func<Guid?> id, TimeSpan patience, CancellationToken ct)
    {
        var started = TimeProvider.System.GetTimestamp();
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(100), TimeProvider.System);
        while (id() is not { } wanted || !_watch!.IsParked(Subscriptions.Troubled, wanted))
        {
            if (TimeProvider.System.GetElapsedTime(started) > patience)
                return false;

            await timer.WaitForNextTickAsync(ct).ConfigureAwait(false);
        }

        return true;
    }

    /// <summary>Waits until the database takes connections: whatever restarted it, the next fault finds it whole.</summary>
    public virtual Task AcceptsAsync(CancellationToken ct) => Task.CompletedTask;

    public virtual async ValueTask DisposeAsync()
    {
        if (_watch is not null)
            await _watch.DisposeAsync().ConfigureAwait(false);

        foreach (var worker in Workers.Append(Misconfigured))
            worker?.Kill();

        await Undo.DisposeAsync().ConfigureAwait(false);
    }

    protected abstract Task StartDatabaseAsync(CancellationToken ct);

    /// <summary>A worker's ways to the servers, and its connection string.</summary>
    protected abstract (IReadOnlyList<FaultyProxy> Lines, string ConnectionString, bool IsPooled) Connect(string worker);

    /// <summary>Whatever still keeps a subscription from going on, or an event parked, is over.</summary>
    private async Task MendAsync()
    {
        foreach (var trouble in (string[])[Troubles.Odd, Troubles.Stop, Troubles.Deadly])
            Troubles.End(trouble);

        foreach (var subscriber in Subscribers)
            await RestartAsync(subscriber, Build.New, CancellationToken.None).ConfigureAwait(false);

        await ResumeAsync(CancellationToken.None).ConfigureAwait(false);
        await ReplayParkedAsync(CancellationToken.None).ConfigureAwait(false);
    }

    private WorkerProcess CreateWorker(string name, bool isWriter, int number, bool hasTransientContext = false)
    {
        var (lines, connectionString, isPooled) = Connect(name);
        return new(
            new(name, isWriter, Provider, connectionString, isPooled, Histories, HashCode.Combine(Options.Seed, number), Options.Lease,
                HasTransientContext: hasTransientContext, Without: Options.Without),
            lines, Undo, Log);
    }

    private async Task MigrateAsync(CancellationToken ct)
    {
        var services = BuildServices();
        await using (services.ConfigureAwait(false))
        {
            await using var scope = services.CreateAsyncScope();
            await scope.ServiceProvider.GetRequiredService<EventStoreDbContext>().Database.MigrateAsync(ct).ConfigureAwait(false);
            await scope.ServiceProvider.GetRequiredService<FaultContext>().GetService<IRelationalDatabaseCreator>().CreateTablesAsync(ct).ConfigureAwait(false);
        }
    }

    private ServiceProvider BuildServices()
    {
        using var connection = Connect();
        var settings = new WorkerSettings("laboratory", true, Provider, connection.ConnectionString, false, Folder, 0, Options.Lease);
        return new ServiceCollection()
            .AddEventStore(store => WorkerHost.Use(store, settings))
            .AddDbContext<FaultContext>(context => WorkerHost.Use(context, settings))
            .BuildServiceProvider();
    }
}
