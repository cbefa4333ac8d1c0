namespace EventStore.EF;

/// <summary>Writes planned events and finds out what became of those that were refused.</summary>
internal sealed class Appender(IStorage storage, StorageAccess access, WakeUp wakeUp)
{
    public async Task<AppendResult> AppendAsync(AppendPlan plan, CancellationToken ct)
    {
        // Repeating the whole is safe where the outcome is unknown: the ids are fixed in the plan, and the unique index decides.
        var result = await access.RunAsync(WriteAsync, plan, isWrite: true, ct).ConfigureAwait(false);
        wakeUp.Appended();
        return result;
    }

    private async Task<AppendResult> WriteAsync(AppendPlan plan, CancellationToken ct)
    {
        while (true)
        {
            if (await storage.AppendAsync(plan, ct).ConfigureAwait(false) is { } written)
                return written;

            var found = await storage.InspectAsync(plan, ct).ConfigureAwait(false);
            if (AppendVerdict.Decide(plan, found) is { } first)
                return first;
        }
    }
}
