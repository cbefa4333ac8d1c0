using System.Data.Common;
using System.Diagnostics;
using EventStore.EF.Errors;
using EventStore.EF.Storage;
using EventStore.EF.Telemetry;

namespace EventStore.EF.Append;

/// <summary>Writes plans, and finds out why a write was refused.</summary>
internal sealed class Appender(
    IStorage storage, StorageAccess access, AppendNotifier notifier, OperationMeter meter, EventStoreOptions options)
{
    /// <summary>Starts the span of an append and makes it current; <see langword="null"/> if nobody wants it.</summary>
    /// <param name="streams">The streams.</param>
    /// <param name="events">The number of events.</param>
    public Activity? Start(IReadOnlyCollection<StreamName> streams, int events)
        => AppendSpan.Start(
            StreamCategory.Of(streams), streams.Count == 1 && options.TraceStreamNames ? streams.First().Value : null, events);

    /// <summary>Ends the span of an append.</summary>
    /// <param name="span">The span, if there is one.</param>
    /// <param name="results">What was written; <see langword="null"/> if it failed.</param>
    /// <param name="failure">The exception, if it failed.</param>
    public void End(Activity? span, AppendResult[]? results, Exception? failure)
    {
        if (span is null)
            return;

        if (failure is not null)
            AppendSpan.Fail(span, failure, options.TraceStreamNames);
        else if (results is not null)
            AppendSpan.Succeed(span, results is [var only] ? only.StreamVersion : null, results.Max(result => result.LastPosition));

        span.Dispose();
    }

    /// <param name="plans">What one transaction writes; each stream occurs once.</param>
    /// <param name="transaction">The caller's transaction, or null for the store's own.</param>
    /// <param name="span">The span of the append, which ends with it, if there is one.</param>
    /// <param name="ct">Cancels waiting.</param>
    public Task<AppendResult[]> WriteAsync(
        IReadOnlyList<StreamPlan> plans, DbTransaction? transaction, Activity? span, CancellationToken ct)
        => span is null && !meter.MeasuresAppends ? WriteAsync(plans, transaction, ct) : ObserveAsync(plans, transaction, span, ct);

    /// <summary>A method of its own, so that an append that nobody observes allocates nothing for it.</summary>
    private async Task<AppendResult[]> ObserveAsync(
        IReadOnlyList<StreamPlan> plans, DbTransaction? transaction, Activity? span, CancellationToken ct)
    {
        var begunAt = meter.Begin();
        var operation = plans[0] is LinkPlan ? OperationMeter.Link : OperationMeter.Append;
        var events = plans.Sum(plan => plan.NewEvents);
        AppendResult[]? results = null;
        Exception? failure = null;
        try
        {
            results = await WriteAsync(plans, transaction, ct).ConfigureAwait(false);
            return results;
        }
        catch (Exception exception)
        {
            failure = exception;
            throw;
        }
        finally
        {
            meter.Appended(operation, events, begunAt, failure);
            End(span, results, failure);
        }
    }

    private async Task<AppendResult[]> WriteAsync(IReadOnlyList<StreamPlan> plans, DbTransaction? transaction, CancellationToken ct)
    {
        // Repeating the whole write is safe even if its outcome is unknown: the plans fix the ids, and the unique index decides.
        var results = await access.RunAsync(
            WriteAsync, (plans, transaction), new(plans[0].Stream, IsWrite: true, transaction is not null) { IsAppend = true },
            ct).ConfigureAwait(false);
        if (transaction is null)
            notifier.Appended();
        else
            notifier.AppendedUncommitted(results.Max(result => result.LastPosition));

        return results;
    }

    private async Task<AppendResult[]> WriteAsync((IReadOnlyList<StreamPlan> Plans, DbTransaction? Transaction) write, CancellationToken ct)
    {
        while (true)
        {
            if (await storage.WriteAsync(write.Plans, write.Transaction, ct).ConfigureAwait(false) is { } written)
                return written;

            var found = await InspectAsync(write.Plans, write.Transaction, ct).ConfigureAwait(false);
            if (AppendOutcome.Decide(write.Plans, found) is { } first)
                return first;
        }
    }

    private async Task<WriteInspection> InspectAsync(IReadOnlyList<StreamPlan> plans, DbTransaction? transaction, CancellationToken ct)
    {
        try
        {
            return await storage.InspectAsync(plans, transaction, ct).ConfigureAwait(false);
        }
        catch (Exception exception)
        {
            WroteNothing.Mark(exception);
            throw;
        }
    }
}
