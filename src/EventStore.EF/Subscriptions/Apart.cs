namespace EventStore.EF;

/// <summary>
/// Starts work that outlives whoever starts it: not on its thread, because SQLite answers without ever giving it back, and not in its context,
/// because its activity would be the parent of everything to come.
/// </summary>
internal static class Apart
{
    public static Task RunAsync(Func<Task> run)
    {
        if (ExecutionContext.IsFlowSuppressed())
            return Task.Run(run);

        using (ExecutionContext.SuppressFlow())
            return Task.Run(run);
    }
}
