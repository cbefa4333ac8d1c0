using System.Diagnostics;
using System.Runtime.ExceptionServices;
using Microsoft.Extensions.Logging;

namespace EventStore.EF;

/// <summary>
/// Applies what is delivered to a projection, together in one transaction; when that fails, one event after the other, again with growing
/// delays, and after the last attempt as <see cref="SubscriptionOptions.OnError"/> says.
/// </summary>
internal sealed partial class ProjectionWorker(ProjectionTransaction transaction, SubscriptionDefinition subscription, SubscriptionParts parts) : IWorker
{
    private static readonly TimeSpan LongestTroubleDelay = TimeSpan.FromSeconds(10);

    /// <summary>After so long at work it gives way, where others have to wait for it.</summary>
    private static readonly TimeSpan LongestRun = TimeSpan.FromMilliseconds(50);

    private readonly SubscriptionName _name = subscription.Key.Name;
    private readonly Attempts _attempts = new(subscription, parts);
    private readonly ProjectionBlame _blame = new(parts);
    private readonly TimeSpan _pause = parts.Storage.Statements.Projections.Pause;
    private long _gaveWayAt = Stopwatch.GetTimestamp();

    public async Task WorkAsync(Delivery delivery, CancellationToken ct)
    {
        if (delivery.Replay is { } row)
        {
            await _attempts.ReplayAsync(delivery, row, AttemptAsync, removesRow: true, ct).ConfigureAwait(false);
            return;
        }

        if (delivery.Tenure.Over.IsCancellationRequested || await TryTogetherAsync(delivery, ct).ConfigureAwait(false))
            return;

        foreach (var item in delivery.Items)
        {
            if (delivery.IsInterrupted || ct.IsCancellationRequested)
                return;

            if (!delivery.Tenure.IsParked(item.Key))
                await delivery.Tenure.Dispatcher.WaitForTurnAsync(item.Place, 1, ct).ConfigureAwait(false);

            await _attempts.HandleAsync(delivery, item, AttemptAsync, ct).ConfigureAwait(false);
        }
    }

    private async ValueTask<bool> TryTogetherAsync(Delivery delivery, CancellationToken ct)
    {
        var items = delivery.Items;
        if (items.Count == 1 || delivery.Tenure.Suspects is { IsActive: true } || !delivery.Tenure.Dispatcher.IsTurnOf(items[^1].Place, items.Count)
            || items.Any(item => item.Failure is not null || delivery.Tenure.IsParked(item.Key)))
        {
            return false;
        }

        if (await ApplyAsync(delivery, items, 1, ct).ConfigureAwait(false) is not { } failure)
            return true;

        LogApart(parts.Logger, _name, items.Count, items[0].Event.Position, ErrorText.Loggable(failure));
        return false;
    }

    private ValueTask<Exception?> AttemptAsync(Delivery delivery, DeliveryItem item, int number, CancellationToken ct) => ApplyAsync(delivery, [item], number, ct);

    /// <summary>Applies events once, as far as they are concerned: trouble with the database is waited out. Returns what a handler threw.</summary>
    private async ValueTask<Exception?> ApplyAsync(Delivery delivery, IReadOnlyList<DeliveryItem> items, int attempt, CancellationToken ct)
    {
        var (tenure, lease) = (delivery.Tenure, delivery.Tenure.Lease!);
        var fence = new ProjectionFence(lease, items, delivery.Replay, parts);
        using var ending = CancellationTokenSource.CreateLinkedTokenSource(lease.Lost, ct);
        Exception? failure = null;
        for (var (troubles, faults) = (0, 0); ;)
        {
            // What belongs to a tenure that is over is applied by the next one.
            tenure.Over.ThrowIfCancellationRequested();
            await tenure.WaitUntilHeldAsync(ct).ConfigureAwait(false);
            await tenure.WaitUntilVerifiedAsync(ct).ConfigureAwait(false);
            await GiveWayAsync(ct).ConfigureAwait(false);
            ProjectionFailure? failed;
            try
            {
                // What failed in doubt of its commit, was it committed?
                if (failure is null)
                    failed = await RunAsync(tenure, items, attempt, fence, ending.Token).ConfigureAwait(false);
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
                    tenure.Dispatcher.Committed(delivery.Consumer, items[^1].Place);

                parts.Meter.Handled(_name, items.Count);
                return null;
            }

            ct.ThrowIfCancellationRequested();
            lease.ThrowIfLost();
            if (await _blame.IsDatabasesAsync(failed, lease, items[0].Place, ending.Token).ConfigureAwait(false))
                await WaitOutAsync(tenure, items[0].Place, ++troubles, what, ct).ConfigureAwait(false);
            else if (!fence.IsInDoubt && await transaction.FaultOfAsync(what, ct).ConfigureAwait(false) is { } fault)
                await tenure.WaitOutFaultAsync(fault, items[0].Place, ++faults, ct).ConfigureAwait(false);
            else if (fence.IsInDoubt)
                failure = what;
            else
                return what;
        }
    }

    private async ValueTask<ProjectionFailure?> RunAsync(Tenure tenure, IReadOnlyList<DeliveryItem> items, int attempt, ProjectionFence fence, CancellationToken ct)
    {
        if (tenure.Suspects is { IsActive: true } suspects)
        {
            ProjectionFailure? failed = null;
            try
            {
                await suspects.RunAsync(items[0].Place, HandleAsync, ct).ConfigureAwait(false);
                return null;
            }
            catch (Exception exception) when (failed?.Exception == exception)
            {
                return failed;
            }

            // Thrown, so that what failed isn't taken for what was handled.
            async ValueTask HandleAsync()
            {
                failed = await transaction.RunAsync(items, attempt, fence, ct).ConfigureAwait(false);
                if (failed is not null)
                    ExceptionDispatchInfo.Throw(failed.Exception);
            }
        }

        await parts.Gate.EnterAsync(ct).ConfigureAwait(false);
        try
        {
            return await transaction.RunAsync(items, attempt, fence, ct).ConfigureAwait(false);
        }
        finally
        {
            parts.Gate.Exit();
        }
    }

    private async ValueTask GiveWayAsync(CancellationToken ct)
    {
        if (_pause == TimeSpan.Zero || Stopwatch.GetElapsedTime(_gaveWayAt) < LongestRun)
            return;

        // The system's clock on purpose: others wait for the lock in their own time.
        await Task.Delay(_pause, TimeProvider.System, ct).ConfigureAwait(false);
        _gaveWayAt = Stopwatch.GetTimestamp();
    }

    /// <summary>A database that is away, or another transaction in the way, is no event's fault.</summary>
    private async Task WaitOutAsync(Tenure tenure, long place, int troubles, Exception exception, CancellationToken ct)
    {
        var delay = Backoff.Delay(troubles, parts.StoreOptions.RetryDelay, LongestTroubleDelay);
        LogInterrupted(parts.Logger, _name, delay, exception);
        await tenure.ReportAsync(ErrorText.Describe(exception), place, ct).ConfigureAwait(false);
        using var ending = CancellationTokenSource.CreateLinkedTokenSource(ct, tenure.Over);
        await Task.Delay(delay, parts.Time, ending.Token).ConfigureAwait(false);
    }

    [LoggerMessage(LogLevel.Warning, "Projection '{Name}' failed on {Count} events together, from position {Position} on; all of it is undone, and they are applied one by one")]
    private static partial void LogApart(ILogger logger, SubscriptionName name, int count, long position, Exception exception);

    [LoggerMessage(LogLevel.Warning, "Projection '{Name}' is interrupted by its database; it tries again in {Delay}")]
    private static partial void LogInterrupted(ILogger logger, SubscriptionName name, TimeSpan delay, Exception exception);
}
