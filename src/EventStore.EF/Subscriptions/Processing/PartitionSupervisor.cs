using EventStore.EF.Errors;
using EventStore.EF.Schema;
using EventStore.EF.Subscriptions.Definitions;
using EventStore.EF.Subscriptions.Leases;
using EventStore.EF.Subscriptions.Sources;
using EventStore.EF.Threading;
using Microsoft.Extensions.Logging;

namespace EventStore.EF.Subscriptions.Processing;

/// <summary>
/// Runs one partition of a durable subscription in this process: waits for its turn, processes events while it holds the lease, and waits
/// again after losing it.
/// </summary>
/// <param name="subscription">The subscription.</param>
/// <param name="services">What all subscriptions share.</param>
/// <param name="endsWhenLost">
/// Whether it ends with <see cref="SubscriptionLostException"/> when another process takes over; otherwise it stands by.
/// </param>
internal sealed partial class PartitionSupervisor(SubscriptionDefinition subscription, SubscriptionServices services, bool endsWhenLost)
    : ISubscriptionPartition
{
    private static readonly TimeSpan StopTimeout = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan LongestRestartDelay = TimeSpan.FromSeconds(30);

    private readonly Lock _lock = new();
    private readonly List<Consumer> _consumers = [];
    private readonly ILogger _logger = services.Logger;
    private int _failures;
    private bool _isMade;
    private volatile bool _isActive;

    public event Action? Activated;

    public bool IsActive => _isActive;

    /// <summary>The partition.</summary>
    public SubscriptionKey Key => subscription.Key;

    private SubscriptionName Name => subscription.Key.Name;

    /// <summary>The current processor; <see langword="null"/> while this process stands by.</summary>
    public PartitionProcessor? Processor { get; private set; }

    /// <summary>The status of the partition.</summary>
    public EventSubscriptionStatus Status => Processor?.Status
        ?? (_failures > 0 ? EventSubscriptionStatus.Interrupted
            : _isActive ? EventSubscriptionStatus.CatchingUp
            : services.Leases.IsPaused(Key) ? EventSubscriptionStatus.Paused : EventSubscriptionStatus.StandingBy);

    public void Add(Consumer consumer)
    {
        lock (_lock)
        {
            _consumers.Add(consumer);
            Processor?.Dispatcher.Add(consumer);
        }
    }

    public void Remove(Consumer consumer)
    {
        lock (_lock)
        {
            _consumers.Remove(consumer);
            Processor?.Remove(consumer);
        }
    }

    /// <summary>
    /// Acquires the partition if it is free. The first call creates the subscription if needed; if it is gone later, it was deleted.
    /// </summary>
    /// <exception cref="SubscriptionDeletedException">The subscription was deleted.</exception>
    /// <exception cref="SubscriptionRepartitionedException">The subscription has another number of partitions.</exception>
    /// <exception cref="SubscriptionRenamedException">The subscription was renamed.</exception>
    public async Task<Lease?> TryAcquireAsync(CancellationToken ct)
    {
        var options = subscription.Options;
        var lease = _isMade
            ? await services.Leases.TryAcquireAgainAsync(Key, options.Partitions, ct).ConfigureAwait(false)
            : await services.Leases.TryAcquireAsync(
                Key, options.Start ?? SubscriptionStart.Origin, options.Partitions, ct).ConfigureAwait(false);
        _isMade = true;
        if (lease is not null && subscription.Refusal(lease.Handles) is { } refusal)
        {
            await services.Leases.ReleaseAsync(lease, ct).ConfigureAwait(false);
            throw refusal;
        }

        if (subscription is { IsHosted: false, Filter.EventTypes: null })
            lease?.ReadsEverything();

        if (lease is not null)
            Activate();

        return lease;
    }

    /// <summary>Runs until cancelled or until it cannot continue; the exception says why.</summary>
    /// <param name="lease">The first lease, if the partition was already acquired.</param>
    /// <param name="work">The consumers' work, awaited before the partition is released; <paramref name="ct"/> ends it too.</param>
    /// <param name="ct">Stops it: what is finished is written, and the partition is released.</param>
    /// <exception cref="SubscriptionDeletedException">The subscription was deleted.</exception>
    /// <exception cref="SubscriptionRepartitionedException">The subscription has another number of partitions.</exception>
    /// <exception cref="SubscriptionRenamedException">The subscription was renamed.</exception>
    public async Task RunAsync(Lease? lease, Task work, CancellationToken ct)
    {
        var isStandingBy = false;

        // A lease that was acquired is released, even if this is cancelled before it begins.
        while (lease is not null || !ct.IsCancellationRequested)
        {
            try
            {
                var held = lease ?? await TryAcquireAsync(ct).ConfigureAwait(false);
                lease = null;
                if (held is not null)
                {
                    isStandingBy = false;
                    await HoldAsync(held, work, ct).ConfigureAwait(false);
                    continue;
                }

                if (!isStandingBy)
                    LogStandingBy(_logger, Name, services.StoreOptions.LeaseDuration);

                isStandingBy = true;
                await services.Leases.WaitForTurnAsync(subscription.Key, subscription.Options.Partitions, ct).ConfigureAwait(false);
            }
            catch (SubscriptionDeletedException)
            {
                LogDeleted(_logger, Name);
                throw;
            }
            catch (Exception exception) when (LeaseEnds.IsForGood(exception))
            {
                throw;
            }
            catch (SubscriptionLostException) when (!ct.IsCancellationRequested && !endsWhenLost)
            {
                LogLost(_logger, Name);
            }
            catch (Exception exception) when (!ct.IsCancellationRequested
                && !(endsWhenLost && exception is SubscriptionLostException or StreamDeletedException))
            {
                _ = services.Storage.Classify(exception);
                services.Meter.Restarted(Name);
                var delay = Backoff.Delay(++_failures, services.StoreOptions.RetryDelay, LongestRestartDelay);
                LogInterrupted(_logger, Name, delay, ErrorText.Loggable(exception));
                await Task.Delay(delay, services.Time, ct).ConfigureAwait(false);
            }
        }
    }

    /// <summary>Processes events under a lease until it ends, and releases it.</summary>
    private async Task HoldAsync(Lease lease, Task work, CancellationToken ct)
    {
        LogStarted(_logger, Name, subscription.Key.Partition, lease.Position, lease.Epoch);
        PartitionProcessor? processor = null;
        try
        {
            processor = await BeginAsync(lease, lease.Position, lease.StreamId, ct).ConfigureAwait(false);
            while (true)
            {
                try
                {
                    await processor.RunAsync(ct).ConfigureAwait(false);
                    return;
                }
                catch (StreamRecreatedException recreated)
                {
                    LogRecreated(_logger, Name, subscription.Source);
                    End(processor, null);
                    processor = null;
                    await services.Leases.Checkpoints.StartOverAsync(lease, recreated.StreamId, ct).ConfigureAwait(false);
                    processor = await BeginAsync(lease, 0, recreated.StreamId, ct).ConfigureAwait(false);
                }
            }
        }
        catch (SubscriptionLostException lost)
        {
            End(processor, lease.IsReset ? null : lost);
            if (!lease.IsReset)
                throw;

            if (lease.LostBecause is LeaseEnd.Rewound)
                LogRewound(_logger, Name);
            else
                LogRedefined(_logger, Name);
        }
        catch (ProcessingAbortedException aborted) when (aborted.InnerException is KeyFreedException && !ct.IsCancellationRequested)
        {
            End(processor, null);
        }
        catch (ProcessingAbortedException aborted) when (aborted.InnerException is CheckpointBehindException && !ct.IsCancellationRequested)
        {
            LogBehind(_logger, Name, aborted.Message);
            services.Meter.Restarted(Name);
            End(processor, null);
            processor = null;
        }
        catch (SubscriptionAheadException ahead) when (!ct.IsCancellationRequested)
        {
            // What was finished here no longer counts: only the stored checkpoint does, which is of the same state as the events.
            LogAhead(_logger, Name, ahead);
            services.Meter.Restarted(Name);
            End(processor, ahead);
            processor = null;
        }
        catch (Exception exception) when (!ct.IsCancellationRequested)
        {
            if (processor is not null)
                await processor.ReportAsync(ErrorText.Describe(exception), null, ct).ConfigureAwait(false);

            End(processor, exception);
            throw;
        }
        finally
        {
            // Events being handled when the host stops are finished, and count.
            if (ct.IsCancellationRequested)
                await work.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);

            if (processor is { HasWorked: true })
                _failures = 0;

            if (lease.LostBecause is LeaseEnd.TakenOver)
                services.Meter.LeaseLost(Name);

            await GiveBackAsync(processor, lease).ConfigureAwait(false);
            End(processor, null);
        }
    }

    private async Task<PartitionProcessor> BeginAsync(Lease lease, long place, long? streamId, CancellationToken ct)
    {
        var parkedKeys = await services.Leases.Parked.KeysAsync(lease, ct).ConfigureAwait(false);
        var defined = subscription.As(lease.Handles);
        var processor = new PartitionProcessor(place, parkedKeys, lease, services.Source(defined, streamId), defined, services);
        lock (_lock)
        {
            Processor = processor;
            foreach (var consumer in _consumers)
                processor.Dispatcher.Add(consumer);
        }

        // Also when it begins again under the same lease.
        Activate();

        return processor;
    }

    private void Activate()
    {
        _isActive = true;
        Activated?.Invoke();
    }

    private void End(PartitionProcessor? processor, Exception? reason)
    {
        lock (_lock)
        {
            if (Processor == processor)
                Processor = null;
        }

        _isActive = false;

        processor?.Close(reason);
    }

    /// <summary>Writes what is finished and releases the partition, if the database answers.</summary>
    private async Task GiveBackAsync(PartitionProcessor? processor, Lease lease)
    {
        using var limit = new CancellationTokenSource(StopTimeout, services.Time);
        try
        {
            if (lease.Lost.IsCancellationRequested && lease.LostBecause is not LeaseEnd.Redefined)
                return;

            if (processor is not null)
                await SaveAsync(processor, lease, limit.Token).ConfigureAwait(false);

            if (processor?.Suspects is { } suspects)
                await suspects.LeaveAsync().WaitAsync(limit.Token).ConfigureAwait(false);

            await services.Leases.ReleaseAsync(lease, limit.Token).ConfigureAwait(false);
        }
        catch (Exception exception) when (LeaseEnds.Is(exception))
        {
            // Just rewound, deleted or taken over: there is nothing to release.
        }
        catch (Exception exception)
        {
            LogNotReleased(_logger, Name, exception);
        }
        finally
        {
            services.Leases.Forget(lease);
        }
    }

    private static async Task SaveAsync(PartitionProcessor processor, Lease lease, CancellationToken ct)
    {
        try
        {
            await processor.SaveAsync(ct).ConfigureAwait(false);
        }
        catch (SubscriptionLostException) when (lease.LostBecause is LeaseEnd.Redefined)
        {
            // Delivered again by the process that takes the partition with the new definition.
        }
        catch (Exception exception) when (exception is SubscriptionAheadException or ProcessingAbortedException)
        {
            // The database is behind what was finished here: its own checkpoint counts.
        }
    }

    [LoggerMessage(3010, LogLevel.Error, "Subscription '{Name}' is ahead of the store: acknowledged events are lost")]
    private static partial void LogAhead(ILogger logger, SubscriptionName name, Exception exception);

    [LoggerMessage(3011, LogLevel.Warning, "Subscription '{Name}' continues from its stored checkpoint. {Reason}")]
    private static partial void LogBehind(ILogger logger, SubscriptionName name, string reason);

    [LoggerMessage(
        3012, LogLevel.Information,
        "Subscription '{Name}', partition {Partition}, runs in this process from position {Position}, epoch {Epoch}")]
    private static partial void LogStarted(ILogger logger, SubscriptionName name, int partition, long position, long epoch);

    [LoggerMessage(
        3013, LogLevel.Information,
        "Subscription '{Name}' is owned by another process or paused; this process stands by. If the owner was killed, its lease expires " +
        "within {Lease}")]
    private static partial void LogStandingBy(ILogger logger, SubscriptionName name, TimeSpan lease);

    [LoggerMessage(3014, LogLevel.Warning, "Subscription '{Name}' was taken over by another process; this process stands by")]
    private static partial void LogLost(ILogger logger, SubscriptionName name);

    [LoggerMessage(
        3015, LogLevel.Information,
        "Another process has changed which events subscription '{Name}' handles; it continues from its checkpoint")]
    private static partial void LogRedefined(ILogger logger, SubscriptionName name);

    [LoggerMessage(3016, LogLevel.Information, "Subscription '{Name}' was rewound; it continues from its new checkpoint")]
    private static partial void LogRewound(ILogger logger, SubscriptionName name);

    [LoggerMessage(3017, LogLevel.Warning, "Subscription '{Name}' was deleted while it was running; it ends")]
    private static partial void LogDeleted(ILogger logger, SubscriptionName name);

    [LoggerMessage(
        3018, LogLevel.Warning,
        "Subscription '{Name}' reads stream '{Stream}', which was removed and created again; it starts at the new stream's first event")]
    private static partial void LogRecreated(ILogger logger, SubscriptionName name, string stream);

    [LoggerMessage(3019, LogLevel.Error, "Subscription '{Name}' was interrupted; it continues from its last checkpoint in {Delay}")]
    private static partial void LogInterrupted(ILogger logger, SubscriptionName name, TimeSpan delay, Exception exception);

    [LoggerMessage(
        3020, LogLevel.Warning, "Subscription '{Name}' could not be released; another process takes over when its lease expires")]
    private static partial void LogNotReleased(ILogger logger, SubscriptionName name, Exception exception);
}
