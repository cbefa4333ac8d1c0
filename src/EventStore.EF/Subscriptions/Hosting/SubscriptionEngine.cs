using System.Collections.Concurrent;
using EventStore.EF.Schema;
using EventStore.EF.Storage;
using EventStore.EF.Storage.Sql;
using EventStore.EF.Subscriptions.Definitions;
using EventStore.EF.Subscriptions.Leases;
using EventStore.EF.Subscriptions.Processing;
using EventStore.EF.Threading;
using Microsoft.Extensions.Logging;

namespace EventStore.EF.Subscriptions.Hosting;

/// <summary>
/// Runs the subscriptions of this process: those of the host and those that the application opens. The first one starts what they share:
/// the tail reader, the stream watch, the heartbeat and the watch for other processes' announcements.
/// </summary>
internal sealed partial class SubscriptionEngine : IAsyncDisposable
{
    private readonly SubscriptionServices _services;
    private readonly AppendNotifier _notifier;
    private readonly LoopMonitor _loops;
    private readonly ILogger _logger;
    private readonly SubscriptionStarts _starts;
    private readonly ConcurrentDictionary<(string Name, string Source), SubscriptionGroup> _groups = new();
    private readonly CancellationTokenSource _stopping = new();
    private readonly Lock _lock = new();
    private Task? _running;
    private volatile bool _isStopped;

    public SubscriptionEngine(SubscriptionServices services, AppendNotifier notifier, LoopMonitor loops, SubscriptionStarts starts)
    {
        _services = services;
        _notifier = notifier;
        _loops = loops;
        _logger = services.Logger;
        _starts = starts;
    }

    /// <summary>Starts what the subscriptions share, once.</summary>
    public void Start()
    {
        ObjectDisposedException.ThrowIf(_isStopped, this);
        if (_running is not null)
            return;

        lock (_lock)
        {
            ObjectDisposedException.ThrowIf(_isStopped, this);
            _running ??= Task.WhenAll(
                DetachedAsync("tail reader", _services.Tail.RunAsync, _stopping.Token),
                DetachedAsync("stream poller", _services.Streams.RunAsync, _stopping.Token),
                DetachedAsync("lease renewer", _services.Leases.KeepAsync, _stopping.Token),
                WatchedAsync("notifications", WatchAsync, _stopping.Token));
        }
    }

    /// <summary>See <see cref="IEventStore.SubscribeAsync"/>.</summary>
    public async Task<IEventSubscription> SubscribeAsync(SubscriptionName name, ConsumerOptions options, CancellationToken ct)
    {
        Start();
        var key = (name.Value, options.Stream?.Value ?? EventStoreModel.All);
        while (true)
        {
            if (_groups.TryGetValue(key, out var running))
            {
                if (!running.IsOver)
                    running.RequireSame(options);

                if (running.TryJoin(options.MaxConsumers) is { } joined)
                {
                    // The first consumer may still be refused.
                    if (await running.HasBegun.WaitAsync(ct).ConfigureAwait(false))
                        return joined;
                }
                else if (running.IsOver)
                {
                    await running.Ended.WaitAsync(ct).ConfigureAwait(false);
                }
                else
                {
                    throw new SubscriptionAlreadyActiveException(name, _services.Leases.Owner);
                }

                continue;
            }

            var runners = Enumerable.Range(0, options.Partitions)
                .Select(partition => new PartitionSupervisor(
                    new(new(name, key.Item2, partition), options, options.Filter), _services, endsWhenLost: true))
                .ToArray();
            Lease? lease = null;
            var group = new SubscriptionGroup(name, options, runners, token => RunAsync(runners, lease, token));
            var subscription = group.TryJoin(1)!;
            if (!_groups.TryAdd(key, group))
                continue;

            try
            {
                await RequireStreamAsync(options, ct).ConfigureAwait(false);
                lease = await _services.Access.RunAsync(
                    (first, token) => first.TryAcquireAsync(token), runners[0], default(StorageOperation), ct).ConfigureAwait(false);
                if (lease is null && options is { StandBy: false, Partitions: 1 })
                    await RefuseUnlessPausedAsync(runners[0].Key, ct).ConfigureAwait(false);
            }
            catch (Exception exception)
            {
                _groups.TryRemove(new(key, group));
                group.Abandon();
                if (exception is SubscriptionRepartitionedException { Partitions: var stored })
                    throw ShapeCheck.OtherPartitions(name, stored, options.Partitions);

                throw;
            }

            Start(group, key);
            return subscription;
        }
    }

    /// <summary>See <see cref="IEventStore.SubscribeTransientAsync"/>.</summary>
    public async Task<IEventSubscription> SubscribeTransientAsync(ConsumerOptions options, CancellationToken ct)
    {
        Start();
        await RequireStreamAsync(options, ct).ConfigureAwait(false);
        var source = options.Stream?.Value ?? EventStoreModel.All;
        var name = new SubscriptionName($"transient-{Guid.CreateVersion7():N}");
        var key = new SubscriptionKey(name, source, 0);
        var (place, streamId) = await _services.Access.RunAsync(
            (asked, token) => _starts.FindAsync(asked.Key, asked.Start, token),
            (Key: key, Start: options.Start ?? SubscriptionStart.Current), default(StorageOperation), ct).ConfigureAwait(false);
        var part = new TransientPartition(new(key, options, options.Filter), _services, place, streamId);
        var group = new SubscriptionGroup(name, options, [part], part.RunAsync);
        var subscription = group.TryJoin(1)!;
        Start(group, (name.Value, source));
        return subscription;
    }

    /// <summary>Creates the subscription if it doesn't exist, and adds what the host's class handles to its definition.</summary>
    public async Task DeclareAsync(
        SubscriptionKey key, SubscriberOptions options, string handler, HandledTypes handles, CancellationToken ct)
    {
        var isChanged = await _services.Access.RunAsync(
            static (declare, token) => declare.Definitions.DeclareAsync(
                declare.key, declare.handler, declare.handles, declare.options.Retired,
                declare.options.Start ?? SubscriptionStart.Origin, declare.options.Partitions, token),
            (_services.Leases.Definitions, key, handler, handles, options), StorageOperation.Read, ct).ConfigureAwait(false);
        if (isChanged)
            await _services.Leases.AnnounceAsync(ct).ConfigureAwait(false);
    }

    /// <summary>
    /// Runs a subscriber of the host until cancelled, or until the subscription is deleted, renamed, or has another number of partitions.
    /// </summary>
    public Task RunAsync(SubscriptionDefinition subscription, Func<SubscriptionDefinition, IWorker> createWorker, CancellationToken ct)
    {
        Start();
        var end = new EndOnce();
        var parts = Enumerable.Range(0, subscription.Options.Partitions)
            .Select(partition => subscription with { Key = subscription.Key with { Partition = partition } })
            .Select(part => new HostedPartition(part, _services, createWorker, end))
            .ToArray();
        return Task.WhenAll(parts.Select((part, number) => WatchedAsync(
            $"subscription '{subscription.Key.Name}', partition {number}", part.RunAsync, ct)));
    }

    /// <summary>
    /// Ends all consumers, writes what they have finished and releases the subscriptions. Nothing can be subscribed to afterwards.
    /// </summary>
    public async Task StopAsync()
    {
        Task? running;
        lock (_lock)
        {
            running = _isStopped ? null : _running;
            _isStopped = true;
        }

        // What is shared stops first: if the services are disposed without stopping a host, no new contexts can be created, and the
        // partitions are released with the contexts that have returned to the pool by then.
        await _stopping.CancelAsync().ConfigureAwait(false);
        if (running is not null)
        {
            // A loop that had failed was logged then; the subscriptions are released all the same.
            await running.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }

        await Task.WhenAll(_groups.Values.Select(group => group.StopAsync())).ConfigureAwait(false);
    }

    public async ValueTask DisposeAsync()
    {
        await StopAsync().ConfigureAwait(false);
        _stopping.Dispose();
    }

    /// <summary>Runs the partitions; the first that cannot continue ends the others.</summary>
    private static async Task RunAsync(PartitionSupervisor[] runners, Lease? first, CancellationToken ct)
    {
        using var ending = CancellationTokenSource.CreateLinkedTokenSource(ct);
        var running = runners
            .Select((runner, index) => Task.Run(
                () => runner.RunAsync(index == 0 ? first : null, Task.CompletedTask, ending.Token), CancellationToken.None))
            .ToArray();
        await (await Task.WhenAny(running).ConfigureAwait(false)).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await ending.CancelAsync().ConfigureAwait(false);
        await Task.WhenAll(running).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        if (Array.Find(running, run => run.IsFaulted) is { } failed)
            await failed.ConfigureAwait(false);
    }

    private void Start(SubscriptionGroup group, (string Name, string Source) key)
    {
        _groups[key] = group;
        group.Start(() => _groups.TryRemove(new(key, group)));
    }

    /// <exception cref="SubscriptionAlreadyActiveException">The partition is owned, in this process or another.</exception>
    private async Task RefuseUnlessPausedAsync(SubscriptionKey key, CancellationToken ct)
    {
        var row = await _services.Access.RunAsync(
            (asked, token) => _services.Leases.LookAsync(asked, token), key, StorageOperation.Read, ct).ConfigureAwait(false);
        if (row is not { IsPaused: true })
            throw new SubscriptionAlreadyActiveException(key.Name, row?.Owner);
    }

    /// <exception cref="StreamDeletedException">The stream is deleted. A stream that doesn't exist yet is waited for.</exception>
    private async Task RequireStreamAsync(SubscriptionOptions options, CancellationToken ct)
    {
        if (options.Stream is not { } stream)
            return;

        var page = await _services.Access.RunAsync(
            (query, token) => _services.Storage.ReadStreamAsync(query, null, token),
            new StreamPageQuery(stream, ReadDirection.Forward, 1, 1, EventFilter.All), default(StorageOperation), ct).ConfigureAwait(false);
        if (page.Condition is StreamCondition.Deleted)
            throw new StreamDeletedException(stream);
    }

    private async Task WatchAsync(CancellationToken ct)
    {
        while (true)
        {
            try
            {
                await _services.Storage.WatchAsync(OnChanged, ct).ConfigureAwait(false);
            }
            catch (Exception exception) when (!ct.IsCancellationRequested)
            {
                LogWatchFailed(_logger, _services.StoreOptions.PollingInterval, exception);
            }

            // Announcements missed in the meantime are found by looking.
            OnChanged(StoreChange.Appended | StoreChange.Subscriptions);
            await Task.Delay(_services.StoreOptions.PollingInterval, _services.Time, ct).ConfigureAwait(false);
        }
    }

    private void OnChanged(StoreChange change)
    {
        if (change.HasFlag(StoreChange.Appended))
            _notifier.Wake();
        if (change.HasFlag(StoreChange.Subscriptions))
            _services.Leases.Look();
    }

    /// <summary>Runs a loop of which only its end is watched: most of the time it waits.</summary>
    private Task WatchedAsync(string name, Func<CancellationToken, Task> run, CancellationToken ct)
    {
        var loop = _loops.Get(name);
        return DetachedAsync(
            name,
            ending => loop.RunAsync(
                token =>
                {
                    loop.Waits();
                    return run(token);
                },
                ending),
            ct);
    }

    private Task DetachedAsync(string name, Func<CancellationToken, Task> run, CancellationToken ct) => DetachedTask.RunAsync(async () =>
    {
        try
        {
            await run(ct).ConfigureAwait(false);
        }
        catch (Exception) when (ct.IsCancellationRequested)
        {
            // Cancelled. A statement in progress may fail in other ways too, for example because the server goes down at the same time.
        }
        catch (Exception exception)
        {
            LogLoopFailed(_logger, name, exception);
            throw;
        }
    });

    [LoggerMessage(
        6007, LogLevel.Critical,
        "The loop '{Loop}' of this process has ended by an exception, and nothing does its work any more. Restart the process")]
    private static partial void LogLoopFailed(ILogger logger, string loop, Exception exception);

    [LoggerMessage(
        6002, LogLevel.Warning,
        "Notifications of other processes' appends are interrupted; until they are back, new events are found by polling every {Delay}")]
    private static partial void LogWatchFailed(ILogger logger, TimeSpan delay, Exception exception);
}
