namespace EventStore.EF.Threading;

/// <summary>
/// Starts work that outlives its caller or serves others too. It doesn't run on the caller's thread, because SQLite answers without ever
/// releasing it, nor in the caller's context, because that would give its activity, transaction and culture to everything that follows.
/// </summary>
internal static class DetachedTask
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

    /// <summary>Creates a timer that is not set yet.</summary>
    public static ITimer CreateTimer(TimeProvider time, TimerCallback callback, object? state = null)
    {
        using (SuppressFlow())
            return time.CreateTimer(callback, state, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    private static AsyncFlowControl? SuppressFlow() => ExecutionContext.IsFlowSuppressed() ? null : ExecutionContext.SuppressFlow();
}
