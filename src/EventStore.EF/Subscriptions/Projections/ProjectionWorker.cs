using System.Diagnostics;
using System.Runtime.ExceptionServices;
using EventStore.EF.Errors;
using EventStore.EF.Subscriptions.Definitions;
using EventStore.EF.Subscriptions.Delivery;
using EventStore.EF.Subscriptions.Handlers;
using EventStore.EF.Subscriptions.Leases;
using EventStore.EF.Subscriptions.Processing;
using Microsoft.Extensions.Logging;

namespace EventStore.EF.Subscriptions.Projections;

/// <summary>
/// Applies delivered events to a projection, together in one transaction. If that fails, it applies them one by one, retries with growing
/// delays, and after the last attempt does what <see cref="SubscriptionOptions.OnError"/> says.
/// </summary>
internal sealed partial class ProjectionWorker(
    ProjectionTransaction transaction, SubscriptionDefinition subscription, SubscriptionServices services)
    : IWorker
{
    /// <summary>The longest time it works before it gives way, where others have to wait for it.</summary>
    private static readonly TimeSpan LongestRun = TimeSpan.FromMilliseconds(50);

    private readonly SubscriptionName _name = subscription.Key.Name;
    private readonly HandlerRetry _attempts = new(subscription, services);
    private readonly ProjectionBlame _blame = new(services);
    private readonly TimeSpan _pause = services.Storage.Statements.Projections.Pause;
    private long _gaveWayAt = Stopwatch.GetTimestamp();

    public async Task WorkAsync(ConsumerDelivery delivery, CancellationToken ct)
    {
        if (delivery.Replay is { } row)
        {
            await _attempts.ReplayAsync(delivery, row, AttemptAsync, ct).ConfigureAwait(false);
            return;
        }

        if (delivery.Processor.Over.IsCancellationRequested)
            return;

        var (applied, isApart) = (0, false);
        while (applied < delivery.Items.Count && !delivery.IsInterrupted && !ct.IsCancellationRequested)
        {
            IReadOnlyList<DeliveryItem> items = isApart ? [] : NextTogether(delivery, applied);
            if (items.Count > 1)
            {
                if (await TryTogetherAsync(delivery, items, ct).ConfigureAwait(false))
                {
                    applied += items.Count;
                    continue;
                }

                isApart = true;
            }

            await ApplyAsync(delivery, delivery.Items[applied], ct).ConfigureAwait(false);
            applied++;
        }
    }

    /// <summary>Applies events in one transaction. False if they must be applied one by one.</summary>
    private async ValueTask<bool> TryTogetherAsync(ConsumerDelivery delivery, IReadOnlyList<DeliveryItem> items, CancellationToken ct)
    {
        if (!delivery.Processor.Dispatcher.IsTurnOf(items[^1].Place, items.Count)
            || items.Any(item => item.Failure is not null || delivery.Processor.IsParked(item.Key)))
        {
            return false;
        }

        if (await ApplyAsync(delivery, items, 1, ct).ConfigureAwait(false) is not { } failure)
            return true;

        LogApart(services.Logger, _name, items.Count, items[0].Event.Position, ErrorText.Loggable(failure));
        return false;
    }

    private async ValueTask ApplyAsync(ConsumerDelivery delivery, DeliveryItem item, CancellationToken ct)
    {
        if (!delivery.Processor.IsParked(item.Key))
            await delivery.Processor.Dispatcher.WaitForTurnAsync(item.Place, 1, ct).ConfigureAwait(false);

        await _attempts.HandleAsync(delivery, item, AttemptAsync, ct).ConfigureAwait(false);
    }

    private static IReadOnlyList<DeliveryItem> NextTogether(ConsumerDelivery delivery, int applied)
    {
        var left = delivery.Items.Count - applied;
        var most = delivery.Processor.Suspects is { IsActive: true } suspects ? Math.Min(suspects.MostTogether, left) : left;
        return most == delivery.Items.Count ? delivery.Items : [.. delivery.Items.Skip(applied).Take(most)];
    }

    private ValueTask<Exception?> AttemptAsync(ConsumerDelivery delivery, DeliveryItem item, int number, CancellationToken ct)
        => ApplyAsync(delivery, [item], number, ct);

    /// <summary>
    /// Applies events once, apart from trouble with the database, which is waited out. Returns the handler's exception, if any.
    /// </summary>
    private async ValueTask<Exception?> ApplyAsync(
        ConsumerDelivery delivery, IReadOnlyList<DeliveryItem> items, int attempt, CancellationToken ct)
    {
        var (processor, lease) = (delivery.Processor, delivery.Processor.Lease!);
        var fence = new ProjectionFence(lease, items, delivery.Replay, services);
        using var ending = CancellationTokenSource.CreateLinkedTokenSource(lease.Lost, ct);
        Exception? failure = null;
        for (var (troubles, faults) = (0, 0); ;)
        {
            // Events of a processor that is over are applied by the next one.
            processor.Over.ThrowIfCancellationRequested();
            await processor.WaitUntilHeldAsync(ct).ConfigureAwait(false);
            await processor.WaitUntilVerifiedAsync(ct).ConfigureAwait(false);
            await GiveWayAsync(ct).ConfigureAwait(false);
            ProjectionFailure? failed;
            try
            {
                // If an earlier failure left its commit in doubt, find out whether it was committed.
                if (failure is null)
                    failed = await RunAsync(processor, items, attempt, fence, ending.Token).ConfigureAwait(false);
                else if (await fence.IsPassedAsync(ending.Token).ConfigureAwait(false))
                    failed = null;
                else
                    return failure;
            }
            catch (Exception exception) when (!ct.IsCancellationRequested && !LeaseEnds.Is(exception))
            {
                failed = new(exception, ProjectionStep.Preparing, false);
            }

            if (failed is not { Exception: var what })
            {
                if (delivery.Replay is null)
                    processor.Dispatcher.Committed(delivery.Consumer, items[^1].Place);

                services.Meter.Handled(_name, items.Count);
                return null;
            }

            ct.ThrowIfCancellationRequested();
            lease.ThrowIfLost();
            if (await _blame.IsDatabasesAsync(failed, lease, items[0].Place, ending.Token).ConfigureAwait(false))
                await WaitOutAsync(processor, items[0].Place, ++troubles, what, ct).ConfigureAwait(false);
            else if (!fence.IsInDoubt && await transaction.FaultOfAsync(what, ct).ConfigureAwait(false) is { } fault)
                await processor.WaitOutFaultAsync(fault, items[0].Place, ++faults, ct).ConfigureAwait(false);
            else if (fence.IsInDoubt)
                failure = what;
            else
                return what;
        }
    }

    private async ValueTask<ProjectionFailure?> RunAsync(
        PartitionProcessor processor, IReadOnlyList<DeliveryItem> items, int attempt, ProjectionFence fence, CancellationToken ct)
    {
        if (processor.Suspects is { IsActive: true } suspects)
        {
            ProjectionFailure? failed = null;
            try
            {
                await suspects.RunAsync(items[0].Place, items[^1].Place, items.Count, HandleAsync, ct).ConfigureAwait(false);
                return null;
            }
            catch (Exception exception) when (failed?.Exception == exception)
            {
                return failed;
            }

            // Thrown, so that a failed event isn't mistaken for a handled one.
            async ValueTask HandleAsync()
            {
                failed = await transaction.RunAsync(items, attempt, fence, ct).ConfigureAwait(false);
                if (failed is not null)
                    ExceptionDispatchInfo.Throw(failed.Exception);
            }
        }

        await services.Gate.EnterAsync(ct).ConfigureAwait(false);
        try
        {
            return await transaction.RunAsync(items, attempt, fence, ct).ConfigureAwait(false);
        }
        finally
        {
            services.Gate.Exit();
        }
    }

    private async ValueTask GiveWayAsync(CancellationToken ct)
    {
        if (_pause == TimeSpan.Zero || Stopwatch.GetElapsedTime(_gaveWayAt) < LongestRun)
            return;

        // The system's clock on purpose: other processes wait for the lock in real time.
        await Task.Delay(_pause, TimeProvider.System, ct).ConfigureAwait(false);
        _gaveWayAt = Stopwatch.GetTimestamp();
    }

    /// <summary>Waits out a database that is unavailable, or another transaction in the way: neither is the event's fault.</summary>
    private async Task WaitOutAsync(PartitionProcessor processor, long place, int troubles, Exception exception, CancellationToken ct)
    {
        var delay = services.TroubleDelay(troubles);
        LogInterrupted(services.Logger, _name, delay, exception);
        await processor.ReportAsync(ErrorText.Describe(exception), place, ct).ConfigureAwait(false);
        using var ending = CancellationTokenSource.CreateLinkedTokenSource(ct, processor.Over);
        await Task.Delay(delay, services.Time, ending.Token).ConfigureAwait(false);
    }

    [LoggerMessage(
        3022, LogLevel.Warning,
        "Projection '{Name}' failed on {Count} events together, from position {Position} on; everything was rolled back, and they are " +
        "applied one by one")]
    private static partial void LogApart(ILogger logger, SubscriptionName name, int count, long position, Exception exception);

    [LoggerMessage(3023, LogLevel.Warning, "Projection '{Name}' is interrupted by its database; the next attempt is in {Delay}")]
    private static partial void LogInterrupted(ILogger logger, SubscriptionName name, TimeSpan delay, Exception exception);
}
