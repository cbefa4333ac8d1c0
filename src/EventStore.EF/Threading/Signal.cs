using System.Diagnostics.CodeAnalysis;

namespace EventStore.EF.Threading;

/// <summary>A signal that stays set until one waiter takes it. Setting it twice is the same as setting it once.</summary>
[SuppressMessage(
    "Design", "CA1001:Types that own disposable fields should be disposable",
    Justification = "A semaphore has nothing to free until its wait handle is requested, which never happens")]
internal sealed class Signal
{
    private readonly SemaphoreSlim _set = new(0, 1);

    public void Set()
    {
        if (_set.CurrentCount > 0)
            return;

        try
        {
            _set.Release();
        }
        catch (SemaphoreFullException)
        {
            // It was set in between.
        }
    }

    /// <summary>Clears the signal; for a waiter that is about to check anyway.</summary>
    public void Reset() => _set.Wait(0);

    public Task WaitAsync(CancellationToken ct) => _set.WaitAsync(ct);

    /// <summary>Waits until the signal is set or the time is over, whichever comes first. Returns whether it was set.</summary>
    public async Task<bool> WaitAsync(TimeSpan timeout, TimeProvider time, CancellationToken ct)
    {
        if (_set.Wait(0, ct))
            return true;

        using var ending = CancellationTokenSource.CreateLinkedTokenSource(ct);
        var set = _set.WaitAsync(ending.Token);
        await Task.WhenAny(set, Task.Delay(timeout, time, ending.Token)).ConfigureAwait(false);
        await ending.CancelAsync().ConfigureAwait(false);
        try
        {
            await set.ConfigureAwait(false);
            return true;
        }
        catch (OperationCanceledException) when (!ct.IsCancellationRequested)
        {
            // The time is over.
            return false;
        }
    }
}
