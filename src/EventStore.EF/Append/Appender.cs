using System.Data.Common;
using EventStore.EF.Errors;
using EventStore.EF.Storage;

namespace EventStore.EF.Append;

/// <summary>Writes plans, and finds out why a write was refused.</summary>
internal sealed class Appender(IStorage storage, StorageAccess access, AppendNotifier notifier)
{
    /// <param name="plans">What one transaction writes; each stream occurs once.</param>
    /// <param name="transaction">The caller's transaction, or null for the store's own.</param>
    /// <param name="ct">Cancels waiting.</param>
    public async Task<AppendResult[]> WriteAsync(IReadOnlyList<StreamPlan> plans, DbTransaction? transaction, CancellationToken ct)
    {
        // Repeating the whole write is safe even if its outcome is unknown: the plans fix the ids, and the unique index decides.
        var results = await access.RunAsync(
            WriteAsync, (plans, transaction), new(plans[0].Stream, IsWrite: true, transaction is not null), ct).ConfigureAwait(false);
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
