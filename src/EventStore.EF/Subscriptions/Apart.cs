namespace EventStore.EF;

/// <summary>
/// Starts work that outlives or serves more than the caller who happens to start it: not on the caller's thread, because SQLite answers
/// without ever giving it back, and not in the caller's context, because its activity, transaction and culture would be those of
/// everything to come.
/// </summary>
internal static class Apart
{
    public static Task RunAsync(Func<Task> run)
    {
        using (SuppressFlow())
            return Task.Run(run);
    }

    public static Task<T> RunAsync<T>(Func<Task<T>> run)
    {
        using (SuppressFlow())
            return Task.Run(run);
    }

    /// <summary>A timer that is not set yet.</summary>
    public static ITimer CreateTimer(TimeProvider time, TimerCallback callback, object? state = null)
    {
        using (SuppressFlow())
            return time.CreateTimer(callback, state, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    private static AsyncFlowControl? SuppressFlow() => ExecutionContext.IsFlowSuppressed() ? null : ExecutionContext.SuppressFlow();
}
