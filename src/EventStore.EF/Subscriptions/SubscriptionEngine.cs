using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;

namespace EventStore.EF;

/// <summary>
/// Runs the subscriptions of this process: those of the host and those that the application makes itself. What they share begins to run
/// with the first one: the tail reader, the watch over streams, the leases' heartbeat and the watch for other processes' announcements.
/// </summary>
internal sealed partial class SubscriptionEngine : IAsyncDisposable
{
    private readonly WakeUp _wakeUp;
    private readonly ILogger _logger;
    private readonly SubscriptionStarts _starts;
    private readonly ConcurrentDictionary<(string Name, string Source), SubscriptionGroup> _groups = new();
    private readonly CancellationTokenSource _stopping = new();
    private readonly Lock _lock = new();
    private Task? _running;
    private volatile bool _isStopped;

    public SubscriptionEngine(
        IStorage storage, StorageAccess access, WakeUp wakeUp, Leases leases, SubscriptionProgress progress, SubscriptionStarts starts, TailReader tail, StreamWatch streams,
        EventStoreOptions options, TimeProvider time, StoreMeter meter, ILogger<SubscriptionEngine> logger)
    {
        _wakeUp = wakeUp;
        _logger = logger;
        _starts = starts;
        Parts = new(storage, access, leases, progress, tail, streams, options, time, meter, new(time), logger);
    }

    /// <summary>What all subscriptions share.</summary>
    public SubscriptionParts Parts { get; }

    /// <summary>Begins what the subscriptions share, once.</summary>
    public void Start()
    {
        ObjectDisposedException.ThrowIf(_isStopped, this);
        if (_running is not null)
            return;

        lock (_lock)
        {
            ObjectDisposedException.ThrowIf(_isStopped, this);
            _running ??= Task.WhenAll(
                ApartAsync(Parts.Tail.RunAsync, _stopping.Token),
                ApartAsync(Parts.Streams.RunAsync, _stopping.Token),
                ApartAsync(Parts.Leases.KeepAsync, _stopping.Token),
                ApartAsync(WatchAsync, _stopping.Token));
        }
    }

    /// <summary>See <see cref="IEventStore.SubscribeAsync"/>.</summary>
    public async Task<IEventSubscription> SubscribeAsync(SubscriptionName name, SubscriptionOptions options, CancellationToken ct)
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
                    // Whoever came first may yet be refused.
                    if (await running.HasBegun.WaitAsync(ct).ConfigureAwait(false))
                        return joined;
                }
                else if (running.IsOver)
                {
                    await running.Ended.WaitAsync(ct).ConfigureAwait(false);
                }
                else
                {
                    throw new SubscriptionAlreadyActiveException(name, Parts.Leases.Owner);
                }

                continue;
            }

            var runners = Enumerable.Range(0, options.Partitions)
                .Select(partition => new SubscriptionRunner(new(new(name, key.Item2, partition), options, options.Filter), Parts, endsWhenLost: true))
                .ToArray();
            Lease? lease = null;
            var group = new SubscriptionGroup(name, options, runners, token => RunAsync(runners, lease, token));
            var subscription = group.TryJoin(1)!;
            if (!_groups.TryAdd(key, group))
                continue;

            try
            {
                await RequireStreamAsync(options, ct).ConfigureAwait(false);
                lease = await Parts.Access.RunAsync((first, token) => first.TryAcquireAsync(token), runners[0], default(StorageOperation), ct).ConfigureAwait(false);
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
    public async Task<IEventSubscription> SubscribeTransientAsync(SubscriptionOptions options, CancellationToken ct)
    {
        Start();
        await RequireStreamAsync(options, ct).ConfigureAwait(false);
        var source = options.Stream?.Value ?? EventStoreModel.All;
        var name = new SubscriptionName($"transient-{Guid.CreateVersion7():N}");
        var key = new SubscriptionKey(name, source, 0);
        var (place, streamId) = await Parts.Access.RunAsync(
            (asked, token) => _starts.FindAsync(asked.Key, asked.Start, token),
            (Key: key, Start: options.Start ?? SubscriptionStart.Current), default(StorageOperation), ct).ConfigureAwait(false);
        var part = new TransientPart(new(key, options, options.Filter), Parts, place, streamId);
        var group = new SubscriptionGroup(name, options, [part], part.RunAsync);
        var subscription = group.TryJoin(1)!;
        Start(group, (name.Value, source));
        return subscription;
    }

    /// <summary>Makes the subscription, unless it is there, and adds to what it handles what a class of the host's handles.</summary>
    public async Task DeclareAsync(
        SubscriptionKey key, SubscriptionOptions options, string handler, HandledTypes handles, CancellationToken ct)
    {
        var isChanged = await Parts.Access.RunAsync(
            static (declare, token) => declare.Definitions.DeclareAsync(
                declare.key, declare.handler, declare.handles, declare.options.Retired,
                declare.options.Start ?? SubscriptionStart.Origin, declare.options.Partitions, token),
            (Parts.Leases.Definitions, key, handler, handles, options), StorageOperation.Read, ct).ConfigureAwait(false);
        if (isChanged)
            await Parts.Leases.AnnounceAsync(ct).ConfigureAwait(false);
    }

    /// <summary>
    /// Runs a subscriber of the host's until cancelled, or until the subscription is deleted, renamed, or has another number of partitions.
    /// </summary>
    public Task RunAsync(SubscriptionDefinition subscription, Func<SubscriptionDefinition, IWorker> createWorker, CancellationToken ct)
    {
        Start();
        var end = new EndOnce();
        var parts = Enumerable.Range(0, subscription.Options.Partitions)
            .Select(partition => subscription with { Key = subscription.Key with { Partition = partition } })
            .Select(part => new HostedPart(part, Parts, createWorker, end))
            .ToArray();
        return Task.WhenAll(parts.Select(part => ApartAsync(part.RunAsync, ct)));
    }

    /// <summary>Ends all consumers, writes what they have finished and gives the subscriptions back. Nothing more can be subscribed to.</summary>
    public async Task StopAsync()
    {
        Task? running;
        lock (_lock)
        {
            running = _isStopped ? null : _running;
            _isStopped = true;
        }

        // What is shared first: whoever disposes of the services without stopping a host leaves no way to new contexts, and those that are back in
        // the pool then are what the parts are given back with.
        await _stopping.CancelAsync().ConfigureAwait(false);
        if (running is not null)
            await running.ConfigureAwait(false);

        await Task.WhenAll(_groups.Values.Select(group => group.StopAsync())).ConfigureAwait(false);
    }

    public async ValueTask DisposeAsync()
    {
        await StopAsync().ConfigureAwait(false);
        _stopping.Dispose();
    }

    /// <summary>Runs the parts; the first that can't go on ends the others.</summary>
    private static async Task RunAsync(SubscriptionRunner[] runners, Lease? first, CancellationToken ct)
    {
        using var ending = CancellationTokenSource.CreateLinkedTokenSource(ct);
        var running = runners.Select((runner, index) => Task.Run(() => runner.RunAsync(index == 0 ? first : null, Task.CompletedTask, ending.Token), CancellationToken.None)).ToArray();
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

    /// <exception cref="SubscriptionAlreadyActiveException">Somebody has the part, in this process or another.</exception>
    private async Task RefuseUnlessPausedAsync(SubscriptionKey key, CancellationToken ct)
    {
        var row = await Parts.Access.RunAsync((asked, token) => Parts.Leases.LookAsync(asked, token), key, StorageOperation.Read, ct).ConfigureAwait(false);
        if (row is not { IsPaused: true })
            throw new SubscriptionAlreadyActiveException(key.Name, row?.Owner);
    }

    /// <exception cref="StreamDeletedException">The stream is deleted. One that doesn't exist yet is waited for.</exception>
    private async Task RequireStreamAsync(SubscriptionOptions options, CancellationToken ct)
    {
        if (options.Stream is not { } stream)
            return;

        var page = await Parts.Access.RunAsync(
            (query, token) => Parts.Storage.ReadStreamAsync(query, null, token),
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
                await Parts.Storage.WatchAsync(OnChanged, ct).ConfigureAwait(false);
            }
            catch (Exception exception) when (!ct.IsCancellationRequested)
            {
                LogWatchFailed(_logger, Parts.StoreOptions.PollingInterval, exception);
            }

            // What was announced meanwhile is found by looking.
            OnChanged(StoreChange.Appended | StoreChange.Subscriptions);
            await Task.Delay(Parts.StoreOptions.PollingInterval, Parts.Time, ct).ConfigureAwait(false);
        }
    }

    private void OnChanged(StoreChange change)
    {
        if (change.HasFlag(StoreChange.Appended))
            _wakeUp.Wake();
        if (change.HasFlag(StoreChange.Subscriptions))
            Parts.Leases.Look();
    }

    private static Task ApartAsync(Func<CancellationToken, Task> run, CancellationToken ct) => Apart.RunAsync(async () =>
    {
        try
        {
            await run(ct).ConfigureAwait(false);
        }
        catch (Exception) when (ct.IsCancellationRequested)
        {
            // Asked for. A statement that was under way may fail in another way than by being cancelled, as when the server goes down too.
        }
    });

    [LoggerMessage(LogLevel.Warning, "Notifications of other processes' appends are interrupted; new events are found by polling every {Delay} until they are back")]
    private static partial void LogWatchFailed(ILogger logger, TimeSpan delay, Exception exception);
}
