using Microsoft.Extensions.Logging;

namespace EventStore.EF;

/// <summary>
/// Runs one durable subscription in this process for as long as the host runs: waits for its turn, carries out the steps of the
/// <see cref="SubscriptionMachine"/>, and begins again from the last checkpoint after any trouble. No error ends it.
/// </summary>
internal sealed partial class SubscriptionRunner(
    SubscriberRegistration registration, SubscriberHandler handler, IStorage storage, Leases leases, TailReader tail,
    EventStoreOptions storeOptions, TimeProvider time, ILogger<SubscriptionRunner> logger)
{
    private static readonly TimeSpan StopTimeout = TimeSpan.FromSeconds(5);

    private static readonly TimeSpan LongestRestartDelay = TimeSpan.FromSeconds(30);

    private readonly SubscriptionName _name = registration.Name;
    private readonly SubscriptionKey _key = new(registration.Name, EventStoreModel.All, 0);
    private readonly SubscriptionOptions _options = registration.Options;

    /// <summary>Interruptions since the last checkpoint.</summary>
    private int _failures;

    /// <summary>Runs until cancelled.</summary>
    public async Task RunAsync(CancellationToken ct)
    {
        var isStandingBy = false;
        while (!ct.IsCancellationRequested)
        {
            try
            {
                if (await leases.TryAcquireAsync(_key, SubscriptionStart.Origin, 1, ct).ConfigureAwait(false) is { } lease)
                {
                    isStandingBy = false;
                    await RunAsync(lease, ct).ConfigureAwait(false);
                    continue;
                }

                if (!isStandingBy)
                    LogStandingBy(logger, _name, storeOptions.LeaseDuration);

                isStandingBy = true;
                await leases.WaitForTurnAsync(_key, ct).ConfigureAwait(false);
            }
            catch (Exception exception) when (!ct.IsCancellationRequested)
            {
                _ = storage.Classify(exception);
                var delay = Backoff.Delay(++_failures, storeOptions.RetryDelay, LongestRestartDelay);
                LogInterrupted(logger, _name, delay, exception);
                await Task.Delay(delay, time, ct).ConfigureAwait(false);
            }
        }
    }

    private async Task RunAsync(Lease lease, CancellationToken ct)
    {
        LogStarted(logger, _name, lease.Position, lease.Epoch);
        var machine = new SubscriptionMachine(lease.Position, _options.CheckpointEvery, _options.CheckpointAfter);
        var buffer = new LiveBuffer(handler.Filter, _options.BufferSize);
        using var running = CancellationTokenSource.CreateLinkedTokenSource(ct, lease.Lost);
        lease.Changed += StopIfPaused;
        try
        {
            while (true)
                await StepAsync(machine, buffer, lease, running.Token).ConfigureAwait(false);
        }
        catch (Exception exception) when (!ct.IsCancellationRequested && (exception is SubscriptionLostException or SubscriptionDeletedException || lease.Lost.IsCancellationRequested))
        {
            LogLost(logger, _name);
        }
        catch (OperationCanceledException) when (!ct.IsCancellationRequested && lease.IsPaused)
        {
            // It is given back, and taken again when it is resumed.
        }
        finally
        {
            lease.Changed -= StopIfPaused;
            tail.Detach(buffer);
            await EndAsync(machine, lease).ConfigureAwait(false);
        }

        void StopIfPaused()
        {
            if (lease.IsPaused)
                running.Cancel();
        }
    }

    private async Task StepAsync(SubscriptionMachine machine, LiveBuffer buffer, Lease lease, CancellationToken ct)
    {
        ct.ThrowIfCancellationRequested();
        var step = machine.Next(Now());
        switch (step.Kind)
        {
            case SubscriptionStepKind.ReadPage:
                var page = await storage.ReadAllAsync(new(ReadDirection.Forward, step.Position, _options.PageSize, handler.Filter), ct).ConfigureAwait(false);
                machine.PageArrived(page.Events, page.Through, page.IsEnd, Now());
                break;

            case SubscriptionStepKind.Attach:
                machine.Attached(tail.TryAttach(buffer, step.Position));
                break;

            case SubscriptionStepKind.Deliver:
                await DeliverAsync(step.Event!, lease, ct).ConfigureAwait(false);
                machine.Delivered(Now());
                break;

            case SubscriptionStepKind.Checkpoint:
                await leases.CheckpointAsync(lease, step.Position, ct).ConfigureAwait(false);
                _failures = 0;
                machine.Checkpointed(step.Position, Now());
                break;

            case SubscriptionStepKind.Wait:
                await buffer.WaitAsync(step.Within, time, ct).ConfigureAwait(false);
                var (events, through, overflowed) = buffer.Take();
                machine.LiveArrived(events, through, overflowed, Now());
                break;
        }
    }

    /// <summary>Calls the handler until it succeeds. Later events wait; nothing is skipped.</summary>
    private async Task DeliverAsync(RecordedEvent @event, Lease lease, CancellationToken ct)
    {
        for (var attempt = 1; ; attempt++)
        {
            // A process that stood still (a debugger, a paused container) must not act as owner before it has looked again.
            if (!lease.IsHeld)
                await lease.WaitUntilHeldAsync(ct).ConfigureAwait(false);

            try
            {
                await handler.HandleAsync(@event, attempt, ct).ConfigureAwait(false);
                return;
            }
            catch (Exception exception) when (!ct.IsCancellationRequested)
            {
                var delay = Backoff.Delay(attempt, _options.RetryDelay, _options.MaxRetryDelay);
                LogHandlerFailed(logger, _name, @event.EventType, @event.Position, @event.StreamName, @event.StreamVersion, attempt, delay, exception);
                await leases.FailAsync(lease, $"Event {@event.Position} ('{@event.EventType}'), attempt {attempt}: {exception.GetType()}: {exception.Message}", ct).ConfigureAwait(false);
                await Task.Delay(delay, time, ct).ConfigureAwait(false);
            }
        }
    }

    /// <summary>Writes what is finished and gives the subscription back, as far as the database answers.</summary>
    private async Task EndAsync(SubscriptionMachine machine, Lease lease)
    {
        using var limit = new CancellationTokenSource(StopTimeout, time);
        try
        {
            if (!lease.Lost.IsCancellationRequested)
            {
                if (machine.HasUnsaved)
                    await leases.CheckpointAsync(lease, machine.Finished, limit.Token).ConfigureAwait(false);

                await leases.ReleaseAsync(lease, limit.Token).ConfigureAwait(false);
            }
        }
        catch (Exception exception)
        {
            LogNotReleased(logger, _name, exception);
        }
        finally
        {
            leases.Forget(lease);
        }
    }

    private TimeSpan Now() => time.GetElapsedTime(0);

    [LoggerMessage(LogLevel.Information, "Subscription '{Name}' runs in this process from position {Position}, epoch {Epoch}")]
    private static partial void LogStarted(ILogger logger, SubscriptionName name, long position, long epoch);

    [LoggerMessage(LogLevel.Information, "Subscription '{Name}' belongs to another process; this one stands by. If that one was killed, its lease runs out within {Lease}")]
    private static partial void LogStandingBy(ILogger logger, SubscriptionName name, TimeSpan lease);

    [LoggerMessage(LogLevel.Warning, "Subscription '{Name}' was taken over by another process, or its lease ran out; this one stands by")]
    private static partial void LogLost(ILogger logger, SubscriptionName name);

    [LoggerMessage(LogLevel.Error, "Subscription '{Name}' failed to handle event '{EventType}' at position {Position} (stream '{Stream}', version {Version}), attempt {Attempt}. The next attempt is in {Delay}; later events wait")]
    private static partial void LogHandlerFailed(
        ILogger logger, SubscriptionName name, string eventType, long position, StreamName stream, long version, int attempt, TimeSpan delay, Exception exception);

    [LoggerMessage(LogLevel.Error, "Subscription '{Name}' was interrupted; it goes on from its last checkpoint in {Delay}")]
    private static partial void LogInterrupted(ILogger logger, SubscriptionName name, TimeSpan delay, Exception exception);

    [LoggerMessage(LogLevel.Warning, "Subscription '{Name}' could not be given back; another process takes it when its lease runs out")]
    private static partial void LogNotReleased(ILogger logger, SubscriptionName name, Exception exception);
}
