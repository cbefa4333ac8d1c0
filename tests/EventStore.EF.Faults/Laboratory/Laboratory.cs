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

    private CheckpointWatch? _watch;

    protected Laboratory(LaboratoryOptions options)
    {
        Options = options;
        Folder = Directory.CreateTempSubdirectory("eventstore-faults-").FullName;
        Undo = new();
        Undo.With("rm", "-rf", Folder);
        Histories = Directory.CreateDirectory(Path.Combine(Folder, "history")).FullName;
        Log = new(Path.Combine(Histories, "laboratory.history"));
        if (Programs.IsRoot && !OperatingSystem.IsWindows())
            File.SetUnixFileMode(Folder, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute | UnixFileMode.GroupExecute | UnixFileMode.OtherExecute);
    }

    public LaboratoryOptions Options { get; }

    public HistoryLog Log { get; }

    /// <summary>Where the logs of all processes lie.</summary>
    public string Histories { get; }

    public IReadOnlyList<WorkerProcess> Writers { get; private set; } = [];

    public IReadOnlyList<WorkerProcess> Subscribers { get; private set; } = [];

    public IEnumerable<WorkerProcess> Workers => Writers.Concat(Subscribers);

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
        foreach (var worker in Workers)
            worker.Start();

        _watch = new(this);
        await Task.WhenAll(Workers.Select(worker => worker.ReadyAsync(ct))).ConfigureAwait(false);
    }

    /// <summary>Lets the writers end, the subscriptions catch up, and everything stop. Returns what has happened.</summary>
    public async Task<History> FinishAsync()
    {
        await Task.WhenAll(Writers.Select(writer => writer.StopAsync())).ConfigureAwait(false);
        await _watch!.CaughtUpAsync().ConfigureAwait(false);
        await Task.WhenAll(Subscribers.Select(subscriber => subscriber.StopAsync())).ConfigureAwait(false);
        await _watch.DisposeAsync().ConfigureAwait(false);
        _watch = null;
        await new FinalState(this).WriteAsync().ConfigureAwait(false);
        await Log.DisposeAsync().ConfigureAwait(false);
        return History.Read(Histories);
    }

    public virtual async ValueTask DisposeAsync()
    {
        if (_watch is not null)
            await _watch.DisposeAsync().ConfigureAwait(false);

        foreach (var worker in Workers)
            worker.Kill();

        await Undo.DisposeAsync().ConfigureAwait(false);
    }

    protected abstract Task StartDatabaseAsync(CancellationToken ct);

    /// <summary>A worker's ways to the servers, and its connection string.</summary>
    protected abstract (IReadOnlyList<FaultyProxy> Lines, string ConnectionString, bool IsPooled) Connect(string worker);

    private WorkerProcess CreateWorker(string name, bool isWriter, int number)
    {
        var (lines, connectionString, isPooled) = Connect(name);
        return new(
            new(name, isWriter, Provider, connectionString, isPooled, Histories, HashCode.Combine(Options.Seed, number), Options.Lease), lines, Undo, Log);
    }

    private async Task MigrateAsync(CancellationToken ct)
    {
        await using var connection = Connect();
        var settings = new WorkerSettings("migrator", true, Provider, connection.ConnectionString, false, Folder, 0, Options.Lease);
        var services = new ServiceCollection()
            .AddEventStore(store => WorkerHost.Use(store, settings))
            .AddDbContext<FaultContext>(context => WorkerHost.Use(context, settings))
            .BuildServiceProvider();
        await using (services.ConfigureAwait(false))
        {
            await using var scope = services.CreateAsyncScope();
            await scope.ServiceProvider.GetRequiredService<EventStoreDbContext>().Database.MigrateAsync(ct).ConfigureAwait(false);
            await scope.ServiceProvider.GetRequiredService<FaultContext>().GetService<IRelationalDatabaseCreator>().CreateTablesAsync(ct).ConfigureAwait(false);
        }
    }
}
