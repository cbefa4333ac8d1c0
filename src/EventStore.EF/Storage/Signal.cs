using System.Diagnostics.CodeAnalysis;

namespace EventStore.EF;

/// <summary>An event that stays set until one waiter takes it; setting it twice is setting it once.</summary>
[SuppressMessage("Design", "CA1001:Types that own disposable fields should be disposable", Justification = "A semaphore holds nothing to free until its wait handle is asked for, and it never is")]
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
            // Somebody else set it in between.
        }
    }

    /// <summary>Takes it, if it is set: for a waiter who is about to look anyway.</summary>
    public void Reset() => _set.Wait(0);

    public Task WaitAsync(CancellationToken ct) => _set.WaitAsync(ct);

    /// <summary>Waits until it is set or the time is over, whichever is first. Returns whether it was set.</summary>
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
