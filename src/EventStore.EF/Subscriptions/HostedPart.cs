using Microsoft.Extensions.Logging;

namespace EventStore.EF;

/// <summary>One part of a subscription that the host runs: consumers with a worker each, for as long as the host runs.</summary>
internal sealed partial class HostedPart
{
    private readonly SubscriptionDefinition _subscription;
    private readonly SubscriptionRunner _runner;
    private readonly Consumer[] _consumers;
    private readonly IWorker[] _workers;
    private readonly ILogger _logger;
    private readonly EndOnce _end;

    /// <param name="subscription">The part.</param>
    /// <param name="parts">What all subscriptions share.</param>
    /// <param name="createWorker">Makes a worker.</param>
    /// <param name="end">Shared by all parts of the subscription.</param>
    public HostedPart(
        SubscriptionDefinition subscription, SubscriptionParts parts, Func<SubscriptionDefinition, IWorker> createWorker, EndOnce end)
    {
        _subscription = subscription;
        _end = end;
        _logger = parts.Logger;
        _runner = new(subscription, parts, endsWhenLost: false);
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
            // Logged by the runner. The host goes on; the next start makes the subscription anew.
        }
        catch (Exception exception) when (LeaseEnds.IsForGood(exception))
        {
            // The host goes on; somebody has to change what it is told, and start it again.
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
            catch (Exception) when (delivery.Tenure.Over.IsCancellationRequested || ct.IsCancellationRequested)
            {
                // What was interrupted is delivered again, here or elsewhere.
            }
            catch (OperationCanceledException) when (delivery.IsInterrupted)
            {
                // The same.
            }
            catch (Exception exception) when (LeaseEnds.Is(exception))
            {
                // The runner ends the tenure.
            }
            catch (KeyFreedException exception)
            {
                // Nothing failed: a key was freed while its event was on its way.
                delivery.Tenure.Abort(exception);
            }
            catch (Exception exception)
            {
                delivery.Tenure.Abort(exception);
                Report(exception);
            }

            // What it has not handled goes back, so that the part can be given away.
            if (delivery.IsInterrupted)
                delivery.Tenure.TakeBack(delivery);
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
            // A log that throws must not end the worker: nobody would handle anything any more.
        }
    }

    [LoggerMessage(LogLevel.Warning, "{Reason}")]
    private static partial void LogEnded(ILogger logger, string reason);

    [LoggerMessage(LogLevel.Error, "Subscription '{Name}' could not go on; it begins again from its checkpoint")]
    private static partial void LogAborted(ILogger logger, SubscriptionName name, Exception exception);
}

/// <summary>All parts of a subscription end for the same reason: the first one says it.</summary>
internal sealed class EndOnce
{
    private int _count;

    public bool IsFirst() => Interlocked.Increment(ref _count) == 1;
}
