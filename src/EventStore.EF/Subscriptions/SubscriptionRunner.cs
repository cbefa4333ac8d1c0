using Microsoft.Extensions.Logging;

namespace EventStore.EF;

/// <summary>
/// Runs one part of a durable subscription in this process: waits for its turn, works while it has it, and waits again when it is lost.
/// </summary>
/// <param name="subscription">The subscription.</param>
/// <param name="parts">What all subscriptions share.</param>
/// <param name="endsWhenLost">Whether it ends with <see cref="SubscriptionLostException"/> when another process takes over, or stands by.</param>
internal sealed partial class SubscriptionRunner(SubscriptionDefinition subscription, SubscriptionParts parts, bool endsWhenLost) : ISubscriptionPart
{
    private static readonly TimeSpan StopTimeout = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan LongestRestartDelay = TimeSpan.FromSeconds(30);

    private readonly Lock _lock = new();
    private readonly List<Consumer> _consumers = [];
    private readonly ILogger _logger = parts.Logger;
    private int _failures;
    private bool _isMade;

    /// <summary>The part.</summary>
    public SubscriptionKey Key => subscription.Key;

    private SubscriptionName Name => subscription.Key.Name;

    /// <summary>The time for which this process has the part now; <see langword="null"/> while it stands by.</summary>
    public Tenure? Tenure { get; private set; }

    /// <summary>What it is doing.</summary>
    public EventSubscriptionStatus Status => Tenure?.Status
        ?? (_failures > 0 ? EventSubscriptionStatus.Interrupted : parts.Leases.IsPaused(Key) ? EventSubscriptionStatus.Paused : EventSubscriptionStatus.StandingBy);

    public void Add(Consumer consumer)
    {
        lock (_lock)
        {
            _consumers.Add(consumer);
            Tenure?.Dispatcher.Add(consumer);
        }
    }

    public void Remove(Consumer consumer)
    {
        lock (_lock)
        {
            _consumers.Remove(consumer);
            Tenure?.Remove(consumer);
        }
    }

    /// <summary>Takes the part, if it is free. The first time the subscription is made; later, when it is gone, somebody has deleted it.</summary>
    /// <exception cref="SubscriptionDeletedException">The subscription was deleted.</exception>
    /// <exception cref="SubscriptionRepartitionedException">It has another number of partitions.</exception>
    /// <exception cref="SubscriptionRenamedException">It was renamed.</exception>
    public async Task<Lease?> TryAcquireAsync(CancellationToken ct)
    {
        var options = subscription.Options;
        var lease = _isMade
            ? await parts.Leases.TryAcquireAgainAsync(Key, options.Partitions, ct).ConfigureAwait(false)
            : await parts.Leases.TryAcquireAsync(Key, options.Start ?? SubscriptionStart.Origin, options.Partitions, ct).ConfigureAwait(false);
        _isMade = true;
        if (lease is not null && subscription.Refusal(lease.Handles) is { } refusal)
        {
            await parts.Leases.ReleaseAsync(lease, ct).ConfigureAwait(false);
            throw refusal;
        }

        if (subscription is { IsHosted: false, Filter.EventTypes: null })
            lease?.ReadsEverything();

        return lease;
    }

    /// <summary>Runs until cancelled, or until it can't go on; the exception tells why.</summary>
    /// <param name="lease">The first hold, if the part was taken already.</param>
    /// <param name="work">Who works on what is delivered, to be awaited before the part is given back; ends by <paramref name="ct"/> too.</param>
    /// <param name="ct">Stops it: what is finished is written, and the part given back.</param>
    /// <exception cref="SubscriptionDeletedException">The subscription was deleted.</exception>
    /// <exception cref="SubscriptionRepartitionedException">It has another number of partitions.</exception>
    /// <exception cref="SubscriptionRenamedException">It was renamed.</exception>
    public async Task RunAsync(Lease? lease, Task work, CancellationToken ct)
    {
        var isStandingBy = false;

        // A lease that was taken is given back, also when it is all over before it begins.
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
                    LogStandingBy(_logger, Name, parts.StoreOptions.LeaseDuration);

                isStandingBy = true;
                await parts.Leases.WaitForTurnAsync(subscription.Key, subscription.Options.Partitions, ct).ConfigureAwait(false);
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
            catch (Exception exception) when (!ct.IsCancellationRequested && !(endsWhenLost && exception is SubscriptionLostException or StreamDeletedException))
            {
                _ = parts.Storage.Classify(exception);
                var delay = Backoff.Delay(++_failures, parts.StoreOptions.RetryDelay, LongestRestartDelay);
                LogInterrupted(_logger, Name, delay, ErrorText.Loggable(exception));
                await Task.Delay(delay, parts.Time, ct).ConfigureAwait(false);
            }
        }
    }

    /// <summary>Works under a lease to its end, and gives it back.</summary>
    private async Task HoldAsync(Lease lease, Task work, CancellationToken ct)
    {
        LogStarted(_logger, Name, subscription.Key.Partition, lease.Position, lease.Epoch);
        Tenure? tenure = null;
        try
        {
            tenure = await BeginAsync(lease, lease.Position, lease.StreamId, ct).ConfigureAwait(false);
            while (true)
            {
                try
                {
                    await tenure.RunAsync(ct).ConfigureAwait(false);
                    return;
                }
                catch (StreamRecreatedException recreated)
                {
                    LogRecreated(_logger, Name, subscription.Source);
                    End(tenure, null);
                    tenure = null;
                    await parts.Leases.StartOverAsync(lease, recreated.StreamId, ct).ConfigureAwait(false);
                    tenure = await BeginAsync(lease, 0, recreated.StreamId, ct).ConfigureAwait(false);
                }
            }
        }
        catch (SubscriptionLostException lost)
        {
            End(tenure, lease.IsReset ? null : lost);
            if (!lease.IsReset)
                throw;

            if (lease.LostBecause is LeaseEnd.Rewound)
                LogRewound(_logger, Name);
            else
                LogRedefined(_logger, Name);
        }
        catch (TenureAbortedException aborted) when (aborted.InnerException is KeyFreedException && !ct.IsCancellationRequested)
        {
            End(tenure, null);
        }
        catch (TenureAbortedException aborted) when (aborted.InnerException is CheckpointBehindException && !ct.IsCancellationRequested)
        {
            LogBehind(_logger, Name, aborted.Message);
            End(tenure, null);
            tenure = null;
        }
        catch (SubscriptionAheadException ahead) when (!ct.IsCancellationRequested)
        {
            // What is finished here is finished no more: only the stored checkpoint counts, which is of the same state as the events.
            LogAhead(_logger, Name, ahead);
            End(tenure, ahead);
            tenure = null;
        }
        catch (Exception exception) when (!ct.IsCancellationRequested)
        {
            if (tenure is not null)
                await tenure.ReportAsync(ErrorText.Describe(exception), null, ct).ConfigureAwait(false);

            End(tenure, exception);
            throw;
        }
        finally
        {
            // What is being handled when the host stops is finished, and counts.
            if (ct.IsCancellationRequested)
                await work.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);

            if (tenure is { HasWorked: true })
                _failures = 0;

            await GiveBackAsync(tenure, lease).ConfigureAwait(false);
            End(tenure, null);
        }
    }

    private async Task<Tenure> BeginAsync(Lease lease, long place, long? streamId, CancellationToken ct)
    {
        var parkedKeys = await parts.Leases.Parked.KeysAsync(lease, ct).ConfigureAwait(false);
        var defined = subscription.As(lease.Handles);
        var tenure = new Tenure(place, parkedKeys, lease, parts.Source(defined, streamId), defined, parts);
        lock (_lock)
        {
            Tenure = tenure;
            foreach (var consumer in _consumers)
                tenure.Dispatcher.Add(consumer);
        }

        return tenure;
    }

    private void End(Tenure? tenure, Exception? reason)
    {
        lock (_lock)
        {
            if (Tenure == tenure)
                Tenure = null;
        }

        tenure?.Close(reason);
    }

    /// <summary>Writes what is finished and gives the part back, as far as the database answers.</summary>
    private async Task GiveBackAsync(Tenure? tenure, Lease lease)
    {
        using var limit = new CancellationTokenSource(StopTimeout, parts.Time);
        try
        {
            if (lease.Lost.IsCancellationRequested && lease.LostBecause is not LeaseEnd.Redefined)
                return;

            if (tenure is not null)
                await SaveAsync(tenure, lease, limit.Token).ConfigureAwait(false);

            await parts.Leases.ReleaseAsync(lease, limit.Token).ConfigureAwait(false);
        }
        catch (Exception exception) when (LeaseEnds.Is(exception))
        {
            // Rewound, deleted or taken over just now: there is nothing to give back.
        }
        catch (Exception exception)
        {
            LogNotReleased(_logger, Name, exception);
        }
        finally
        {
            parts.Leases.Forget(lease);
        }
    }

    private static async Task SaveAsync(Tenure tenure, Lease lease, CancellationToken ct)
    {
        try
        {
            await tenure.SaveAsync(ct).ConfigureAwait(false);
        }
        catch (SubscriptionLostException) when (lease.LostBecause is LeaseEnd.Redefined)
        {
            // Delivered again, by whoever takes the partition with the new definition.
        }
        catch (Exception exception) when (exception is SubscriptionAheadException or TenureAbortedException)
        {
            // The database is behind what is finished here: its own checkpoint counts.
        }
    }

    [LoggerMessage(LogLevel.Error, "Subscription '{Name}' is ahead of the store: events that were acknowledged are lost")]
    private static partial void LogAhead(ILogger logger, SubscriptionName name, Exception exception);

    [LoggerMessage(LogLevel.Warning, "Subscription '{Name}' goes on from its stored checkpoint. {Reason}")]
    private static partial void LogBehind(ILogger logger, SubscriptionName name, string reason);

    [LoggerMessage(LogLevel.Information, "Subscription '{Name}', part {Partition}, runs in this process from {Place}, epoch {Epoch}")]
    private static partial void LogStarted(ILogger logger, SubscriptionName name, int partition, long place, long epoch);

    [LoggerMessage(LogLevel.Information, "Subscription '{Name}' belongs to another process, or is paused; this one stands by. If that one was killed, its lease runs out within {Lease}")]
    private static partial void LogStandingBy(ILogger logger, SubscriptionName name, TimeSpan lease);

    [LoggerMessage(LogLevel.Warning, "Subscription '{Name}' was taken over by another process; this one stands by")]
    private static partial void LogLost(ILogger logger, SubscriptionName name);

    [LoggerMessage(LogLevel.Information, "Subscription '{Name}' handles something else by now, as another process says; it goes on from its checkpoint")]
    private static partial void LogRedefined(ILogger logger, SubscriptionName name);

    [LoggerMessage(LogLevel.Information, "Subscription '{Name}' was rewound; it goes on from its new checkpoint")]
    private static partial void LogRewound(ILogger logger, SubscriptionName name);

    [LoggerMessage(LogLevel.Warning, "Subscription '{Name}' was deleted while it ran; it ends here")]
    private static partial void LogDeleted(ILogger logger, SubscriptionName name);

    [LoggerMessage(LogLevel.Warning, "Subscription '{Name}' reads stream '{Stream}', which was removed and made anew; it begins at its first event")]
    private static partial void LogRecreated(ILogger logger, SubscriptionName name, string stream);

    [LoggerMessage(LogLevel.Error, "Subscription '{Name}' was interrupted; it goes on from its last checkpoint in {Delay}")]
    private static partial void LogInterrupted(ILogger logger, SubscriptionName name, TimeSpan delay, Exception exception);

    [LoggerMessage(LogLevel.Warning, "Subscription '{Name}' could not be given back; another process takes it when its lease runs out")]
    private static partial void LogNotReleased(ILogger logger, SubscriptionName name, Exception exception);
}
