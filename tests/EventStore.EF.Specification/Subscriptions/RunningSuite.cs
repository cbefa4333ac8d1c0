using System.Runtime.CompilerServices;
using Microsoft.Extensions.DependencyInjection;

namespace EventStore.EF.Specification;

/// <summary>
/// The base of the suites about running subscriptions: several processes on one database, each test with its own. They poll once an hour, so
/// that what nobody tells them of is never found, and the test fails.
/// </summary>
public abstract class RunningSuite(StoreFixture fixture) : OwnDatabaseSpecification(fixture)
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private readonly List<TestStore> _processes = [];

    /// <summary>The subscription of most tests.</summary>
    protected static SubscriptionName Name { get; } = "orders";

    /// <inheritdoc/>
    public override async ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        foreach (var process in _processes)
            await process.DisposeAsync();

        await base.DisposeAsync();
    }

    /// <inheritdoc/>
    protected override void Configure(EventStoreBuilder builder)
    {
        ArgumentNullException.ThrowIfNull(builder);
        builder.Configure(options =>
        {
            // Being told is what wakes them, where somebody can be told.
            options.PollingInterval = Fixture.IsPooled ? TimeSpan.FromMilliseconds(50) : TimeSpan.FromHours(1);
            options.AllowHardDelete = true;
            options.RetryDelay = TimeSpan.FromMilliseconds(1);
        });
    }

    /// <summary>Another process, as the database sees it. It hosts nothing.</summary>
    protected TestStore Process(Action<EventStoreBuilder>? configure = null)
    {
        var process = Fixture.CreateStore(Database, builder =>
        {
            Configure(builder);
            configure?.Invoke(builder);
        });
        _processes.Add(process);
        return process;
    }

    /// <summary>Another process that handles numbered events, started.</summary>
    protected async Task<TestStore> HostAsync(Recorder recorder, Action<SubscriberOptions>? options = null, Action<EventStoreBuilder>? configure = null)
    {
        var process = Process(builder =>
        {
            builder.Services.AddSingleton(recorder);
            builder.AddSubscriber<NumberedHandler>(Name, Fast + options);
            configure?.Invoke(builder);
        });
        await process.Host.StartAsync(Ct);
        return process;
    }

    /// <summary>Ends a process before the test does.</summary>
    protected async Task EndAsync(TestStore process)
    {
        ArgumentNullException.ThrowIfNull(process);
        _processes.Remove(process);
        await process.DisposeAsync();
    }

    /// <summary>Appends events that continue the numbers of their stream.</summary>
    protected async Task<AppendResult> AppendAsync(StreamName stream, int count, int first = 1)
        => await Events.AppendManyAsync(stream, ExpectedVersion.Any, Numbered(count, first), Ct);

    /// <summary>The lowest checkpoint as it is stored.</summary>
    protected Task<long> CheckpointAsync() => Database.ScalarAsync<long>("SELECT coalesce(min(position), 0) FROM {subscriptions}");

    /// <summary>A subscription's lowest checkpoint as it is stored.</summary>
    protected Task<long> CheckpointAsync(string name) => Database.ScalarAsync<long>($"SELECT min(position) FROM {{subscriptions}} WHERE name = '{name}'");

    /// <summary>Waits until the stored checkpoint is there.</summary>
    protected Task CheckpointReachesAsync(long place) => UntilAsync(async () => await CheckpointAsync() >= place);

    /// <summary>Waits until something is so that nobody signals, such as a row of another process; fails after 30 seconds.</summary>
    protected static async Task UntilAsync(Func<Task<bool>> isSo, [CallerArgumentExpression(nameof(isSo))] string? what = null)
    {
        ArgumentNullException.ThrowIfNull(isSo);
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(Ct);
        patience.CancelAfter(Patience);
        using var looks = new PeriodicTimer(TimeSpan.FromMilliseconds(5));
        try
        {
            while (!await isSo())
                await looks.WaitForNextTickAsync(patience.Token);
        }
        catch (OperationCanceledException) when (!Ct.IsCancellationRequested)
        {
            throw new TimeoutException($"Not so within {Patience}: {what}");
        }
    }

    /// <summary>Waits until something is so in this process.</summary>
    protected static Task UntilAsync(Func<bool> isSo, [CallerArgumentExpression(nameof(isSo))] string? what = null)
        => UntilAsync(() => Task.FromResult(isSo()), what);

    /// <summary>Delays of a millisecond, for tests of what comes after them.</summary>
    private static Action<SubscriberOptions> Fast { get; } = options => options.RetryDelay = TimeSpan.FromMilliseconds(1);
}
