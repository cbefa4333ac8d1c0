namespace EventStore.EF.Threading;

/// <summary>
/// Wakes all who wait for a change. A waiter takes <see cref="Next"/> first and looks afterwards, so that a change after its look wakes it.
/// </summary>
internal sealed class Pulse
{
    private TaskCompletionSource? _next;

    /// <summary>Completes at the next call of <see cref="Set"/>.</summary>
    public Task Next
    {
        get
        {
            if (Volatile.Read(ref _next) is { } next)
                return next.Task;

            var created = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            return (Interlocked.CompareExchange(ref _next, created, null) ?? created).Task;
        }
    }

    /// <summary>Wakes those who wait now; whoever comes later waits for the next change.</summary>
    public void Set() => Interlocked.Exchange(ref _next, null)?.SetResult();
}
