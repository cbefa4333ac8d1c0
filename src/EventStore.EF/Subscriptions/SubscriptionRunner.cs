using Microsoft.Extensions.Logging;
using Polly;
using Polly.Retry;

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

    private readonly SubscriptionName _name = registration.Name;
    private readonly SubscriptionOptions _options = registration.Options;

    public async Task RunAsync(CancellationToken ct)
    {
        var restart = Forever(storeOptions.RetryDelay, TimeSpan.FromSeconds(30), arguments =>
        {
            LogRestarting(logger, _name, arguments.RetryDelay, arguments.Outcome.Exception!);
            return ValueTask.CompletedTask;
        });
        var waiting = false;
        while (!ct.IsCancellationRequested)
        {
            await restart.ExecuteAsync(async token =>
            {
                if (await leases.TryAcquireAsync(_name, EventStoreModel.All, token).ConfigureAwait(false) is { } lease)
                {
                    waiting = false;
                    await RunAsync(lease, token).ConfigureAwait(false);
                    return;
                }

                if (!waiting)
                    LogStandingBy(logger, _name);

                waiting = true;
                await Task.Delay(storeOptions.PollingInterval, time, token).ConfigureAwait(false);
            }, ct).ConfigureAwait(false);
        }
    }

    private async Task RunAsync(Lease lease, CancellationToken ct)
    {
        LogStarted(logger, _name, lease.Position, lease.Epoch);
        var machine = new SubscriptionMachine(lease.Position, _options.CheckpointEvery, _options.CheckpointAfter);
        var buffer = new LiveBuffer(handler.Filter, _options.BufferSize);
        using var running = CancellationTokenSource.CreateLinkedTokenSource(ct, lease.Lost);
        try
        {
            while (true)
                await StepAsync(machine, buffer, lease, running.Token).ConfigureAwait(false);
        }
        catch (Exception exception) when (!ct.IsCancellationRequested && (exception is SubscriptionLostException || lease.Lost.IsCancellationRequested))
        {
            LogLost(logger, _name);
        }
        finally
        {
            tail.Detach(buffer);
            await EndAsync(machine, lease).ConfigureAwait(false);
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
                await leases.CheckpointAsync(lease, _name, step.Position, ct).ConfigureAwait(false);
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
            {
                lease.Lose();
                throw new SubscriptionLostException(_name);
            }

            try
            {
                await handler.HandleAsync(@event, attempt, ct).ConfigureAwait(false);
                return;
            }
            catch (Exception exception) when (!ct.IsCancellationRequested)
            {
                var delay = RetryDelay(attempt);
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
                    await leases.CheckpointAsync(lease, _name, machine.Finished, limit.Token).ConfigureAwait(false);

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
            lease.Dispose();
        }
    }

    private TimeSpan Now() => time.GetElapsedTime(0);

    private TimeSpan RetryDelay(int attempt)
    {
        var delay = _options.RetryDelay * Math.Pow(2, Math.Min(attempt - 1, 30));
        return delay < _options.MaxRetryDelay ? delay : _options.MaxRetryDelay;
    }

    private static ResiliencePipeline Forever(TimeSpan first, TimeSpan longest, Func<OnRetryArguments<object>, ValueTask> onRetry)
        => new ResiliencePipelineBuilder()
            .AddRetry(new RetryStrategyOptions
            {
                ShouldHandle = new PredicateBuilder().Handle<Exception>(exception => exception is not OperationCanceledException),
                MaxRetryAttempts = int.MaxValue,
                BackoffType = DelayBackoffType.Exponential,
                UseJitter = true,
                Delay = first,
                MaxDelay = longest,
                OnRetry = onRetry,
            })
            .Build();

    [LoggerMessage(LogLevel.Information, "Subscription '{Name}' runs in this process from position {Position}, epoch {Epoch}")]
    private static partial void LogStarted(ILogger logger, SubscriptionName name, long position, long epoch);

    [LoggerMessage(LogLevel.Information, "Subscription '{Name}' runs in another process; this one stands by")]
    private static partial void LogStandingBy(ILogger logger, SubscriptionName name);

    [LoggerMessage(LogLevel.Warning, "Subscription '{Name}' was taken over by another process, or its lease ran out; this one stands by")]
    private static partial void LogLost(ILogger logger, SubscriptionName name);

    [LoggerMessage(LogLevel.Error, "Subscription '{Name}' failed to handle event '{EventType}' at position {Position} (stream '{Stream}', version {Version}), attempt {Attempt}. The next attempt is in {Delay}; later events wait")]
    private static partial void LogHandlerFailed(
        ILogger logger, SubscriptionName name, string eventType, long position, StreamName stream, long version, int attempt, TimeSpan delay, Exception exception);

    [LoggerMessage(LogLevel.Error, "Subscription '{Name}' was interrupted; it goes on from its last checkpoint in {Delay}")]
    private static partial void LogRestarting(ILogger logger, SubscriptionName name, TimeSpan delay, Exception exception);

    [LoggerMessage(LogLevel.Warning, "Subscription '{Name}' could not be given back; another process takes it when its lease runs out")]
    private static partial void LogNotReleased(ILogger logger, SubscriptionName name, Exception exception);
}
