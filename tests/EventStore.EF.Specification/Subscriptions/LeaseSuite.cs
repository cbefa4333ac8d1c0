using EventStore.EF.Schema;
using EventStore.EF.Subscriptions.Leases;
using Microsoft.Extensions.DependencyInjection;

namespace EventStore.EF.Specification;

/// <summary>The base of the suites about leases: several processes on one database.</summary>
public abstract class LeaseSuite(StoreFixture fixture) : OwnDatabaseSpecification(fixture)
{
    private readonly List<LeaseProcess> _processes = [];

    /// <summary>What most tests take.</summary>
    private protected static SubscriptionKey Key { get; } = new("orders", EventStoreModel.All, 0);

    /// <inheritdoc/>
    public override async ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        foreach (var process in _processes)
            await process.DisposeAsync();

        await base.DisposeAsync();
    }

    private protected LeaseProcess Process(TimeProvider? time = null, Action<EventStoreOptions>? configure = null)
    {
        var process = new LeaseProcess(Fixture.CreateStore(Database, builder =>
        {
            builder.Configure(options => options.AllowHardDelete = true);
            builder.Configure(configure ?? (_ => { }));
            if (time is not null)
                builder.Services.AddSingleton(time);
        }));
        _processes.Add(process);
        return process;
    }

    /// <summary>Ends a process before the test does.</summary>
    private protected async Task EndAsync(LeaseProcess process)
    {
        _processes.Remove(process);
        await process.DisposeAsync();
    }

    /// <summary>As if its owner had stood still for so long that the lease has run out in the database.</summary>
    protected Task RunOutAsync() => Database.ExecuteAsync("UPDATE {subscriptions} SET lease_expires_at = '2001-01-01 00:00:00.000'");

    /// <summary>Another process takes what has run out.</summary>
    private protected async Task<(LeaseProcess Process, Lease Lease)> TakeOverAsync(SubscriptionKey? key = null)
    {
        await RunOutAsync();
        var process = Process();
        return (process, await process.AcquireAsync(key ?? Key));
    }

    /// <summary>The checkpoint as it is stored.</summary>
    protected Task<long> PositionAsync() => Database.ScalarAsync<long>("SELECT min(position) FROM {subscriptions}");

    /// <summary>Completes when the token is cancelled; fails after 30 seconds.</summary>
    protected static async Task CancelledAsync(CancellationToken token)
    {
        var cancelled = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var registration = token.Register(cancelled.SetResult);
        await cancelled.Task.WaitAsync(TimeSpan.FromSeconds(30), Ct);
    }

    /// <summary>Completes when a lease is as wanted; fails after 30 seconds.</summary>
    private protected static async Task ChangedAsync(Lease lease, Func<Lease, bool> isWanted)
    {
        var changed = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        lease.Changed += Look;
        Look();
        await changed.Task.WaitAsync(TimeSpan.FromSeconds(30), Ct);
        lease.Changed -= Look;

        void Look()
        {
            if (isWanted(lease))
                changed.TrySetResult();
        }
    }
}
