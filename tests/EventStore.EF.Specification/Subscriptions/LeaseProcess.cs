using EventStore.EF.Schema;
using EventStore.EF.Storage;
using EventStore.EF.Subscriptions.Leases;
using Microsoft.Extensions.DependencyInjection;

namespace EventStore.EF.Specification;

/// <summary>An application that is not started, for what it does with leases: a process, as the others see it.</summary>
internal sealed class LeaseProcess(TestStore store) : IAsyncDisposable
{
    private readonly CancellationTokenSource _stopping = new();
    private readonly List<Task> _running = [];
    private readonly TaskCompletionSource _watching = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public TestStore Store => store;

    public IEventStore Events => store.Events;

    public ISubscriptionAdministration Administration => store.Events.Subscriptions;

    public LeaseCoordinator Leases { get; } = store.Host.Services.GetRequiredService<LeaseCoordinator>();

    /// <summary>Completes when the watch has seen something.</summary>
    public Task IsWatching => _watching.Task;

    /// <summary>The checkpoints of its leases.</summary>
    public CheckpointStore Checkpoints => Leases.Checkpoints;

    public ParkedEvents Parked => Leases.Parked;

    /// <summary>Starts the heartbeat, and the watch for what other processes announce.</summary>
    public LeaseProcess Start()
    {
        var storage = store.Host.Services.GetRequiredService<IStorage>();
        Run(Leases.KeepAsync);
        Run(ct => storage.WatchAsync(change =>
        {
            _watching.TrySetResult();
            if (change.HasFlag(StoreChange.Subscriptions))
                Leases.Look();
        }, ct));
        return this;
    }

    /// <summary>Runs something until the process ends.</summary>
    public void Run(Func<CancellationToken, Task> run) => _running.Add(Task.Run(async () =>
    {
        try
        {
            await run(_stopping.Token);
        }
        catch (OperationCanceledException) when (_stopping.IsCancellationRequested)
        {
            // The process ends.
        }
    }));

    public Task<Lease?> TryAcquireAsync(SubscriptionKey key, SubscriptionStart start = default, int partitions = 1)
        => Leases.TryAcquireAsync(key, start, partitions, TestContext.Current.CancellationToken);

    /// <summary>Takes what must be free.</summary>
    public async Task<Lease> AcquireAsync(SubscriptionKey key, SubscriptionStart start = default, int partitions = 1)
    {
        var lease = await TryAcquireAsync(key, start, partitions);
        Assert.NotNull(lease);
        return lease;
    }

    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync();
        await Task.WhenAll(_running);
        await store.DisposeAsync();
        _stopping.Dispose();
    }
}
