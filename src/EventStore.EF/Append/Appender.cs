using System.Data.Common;

namespace EventStore.EF;

/// <summary>Writes what is planned and finds out what became of what was refused.</summary>
internal sealed class Appender(IStorage storage, StorageAccess access, WakeUp wakeUp)
{
    /// <param name="plans">What one transaction does, each stream once.</param>
    /// <param name="transaction">The caller's transaction, or null for one of the store's own.</param>
    /// <param name="ct">Cancels waiting.</param>
    public async Task<AppendResult[]> WriteAsync(IReadOnlyList<StreamPlan> plans, DbTransaction? transaction, CancellationToken ct)
    {
        // Repeating the whole is safe where the outcome is unknown: the ids are fixed in the plans, and the unique index decides.
        var results = await access.RunAsync(
            WriteAsync, (plans, transaction), new(plans[0].Stream, IsWrite: true, transaction is not null), ct).ConfigureAwait(false);
        if (transaction is null)
            wakeUp.Appended();
        else
            wakeUp.AppendedUncommitted(results.Max(result => result.LastPosition));

        return results;
    }

    private async Task<AppendResult[]> WriteAsync((IReadOnlyList<StreamPlan> Plans, DbTransaction? Transaction) write, CancellationToken ct)
    {
        while (true)
        {
            if (await storage.WriteAsync(write.Plans, write.Transaction, ct).ConfigureAwait(false) is { } written)
                return written;

            var found = await InspectAsync(write.Plans, write.Transaction, ct).ConfigureAwait(false);
            if (AppendVerdict.Decide(write.Plans, found) is { } first)
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
