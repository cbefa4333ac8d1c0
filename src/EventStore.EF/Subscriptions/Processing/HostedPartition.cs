using EventStore.EF.Errors;
using EventStore.EF.Subscriptions.Definitions;
using EventStore.EF.Subscriptions.Leases;
using Microsoft.Extensions.Logging;

namespace EventStore.EF.Subscriptions.Processing;

/// <summary>Runs one partition of a subscription of the host: consumers with one worker each, for as long as the host runs.</summary>
internal sealed partial class HostedPartition
{
    private readonly SubscriptionDefinition _subscription;
    private readonly PartitionSupervisor _runner;
    private readonly Consumer[] _consumers;
    private readonly IWorker[] _workers;
    private readonly ILogger _logger;
    private readonly EndOnce _end;

    /// <param name="subscription">The partition.</param>
    /// <param name="services">What all subscriptions share.</param>
    /// <param name="createWorker">Creates a worker.</param>
    /// <param name="end">Shared by all partitions of the subscription.</param>
    public HostedPartition(
        SubscriptionDefinition subscription, SubscriptionServices services, Func<SubscriptionDefinition, IWorker> createWorker, EndOnce end)
    {
        _subscription = subscription;
        _end = end;
        _logger = services.Logger;
        _runner = new(subscription, services, endsWhenLost: false);
        _consumers = [.. Enumerable.Range(0, subscription.Options.MaxConsumers).Select(_ => new Consumer())];
        _workers = [.. _consumers.Select(_ => createWorker(subscription))];
        foreach (var consumer in _consumers)
            _runner.Add(consumer);
    }

    /// <summary>Runs until cancelled, or until the subscription is deleted, renamed, or has another number of partitions.</summary>
    public async Task RunAsync(CancellationToken ct)
    {
        var work = Task.WhenAll(_consumers.Zip(_workers, (consumer, worker) => Task.Run(() => WorkAsync(consumer, worker, ct), ct)));
        try
        {
            await _runner.RunAsync(null, work, ct).ConfigureAwait(false);
        }
        catch (SubscriptionDeletedException)
        {
            // Logged by the runner. The host continues; its next start creates the subscription again.
        }
        catch (Exception exception) when (LeaseEnds.IsForGood(exception))
        {
            // The host continues; someone must change its configuration and restart it.
            if (_end.IsFirst())
                LogEnded(_logger, exception.Message);
        }
        finally
        {
            foreach (var consumer in _consumers)
                consumer.Complete(null);

            await work.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private async Task WorkAsync(Consumer consumer, IWorker worker, CancellationToken ct)
    {
        await foreach (var delivery in consumer.ReadAsync(_subscription.Options.BatchSize, ct).ConfigureAwait(false))
        {
            try
            {
                if (!delivery.IsInterrupted)
                    await worker.WorkAsync(delivery, ct).ConfigureAwait(false);
            }
            catch (Exception) when (delivery.Processor.Over.IsCancellationRequested || ct.IsCancellationRequested)
            {
                // What was interrupted is delivered again, here or in another process.
            }
            catch (OperationCanceledException) when (delivery.IsInterrupted)
            {
                // As above.
            }
            catch (Exception exception) when (LeaseEnds.Is(exception))
            {
                // The runner ends the processor.
            }
            catch (KeyFreedException exception)
            {
                // Nothing failed: a key was freed while an event of it was on its way.
                delivery.Processor.Abort(exception);
            }
            catch (Exception exception)
            {
                delivery.Processor.Abort(exception);
                Report(exception);
            }

            // What was not handled goes back, so that the partition can be given away.
            if (delivery.IsInterrupted)
                delivery.Processor.TakeBack(delivery);
        }
    }

    private void Report(Exception exception)
    {
        try
        {
            LogAborted(_logger, _subscription.Key.Name, ErrorText.Loggable(exception));
        }
        catch (Exception)
        {
            // A logger that throws must not end the worker: nothing would be handled any more.
        }
    }

    [LoggerMessage(3005, LogLevel.Warning, "{Reason}")]
    private static partial void LogEnded(ILogger logger, string reason);

    [LoggerMessage(3006, LogLevel.Error, "Subscription '{Name}' could not continue; it restarts from its checkpoint")]
    private static partial void LogAborted(ILogger logger, SubscriptionName name, Exception exception);
}

/// <summary>Logs only once that a subscription has ended: all its partitions end for the same reason.</summary>
internal sealed class EndOnce
{
    private int _count;

    public bool IsFirst() => Interlocked.Increment(ref _count) == 1;
}
