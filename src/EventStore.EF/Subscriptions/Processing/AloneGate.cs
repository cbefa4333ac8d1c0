using System.Diagnostics.CodeAnalysis;

namespace EventStore.EF.Subscriptions.Processing;

/// <summary>
/// Lets the handlers of this process run concurrently, or one of them alone: if the process then ends, it is known which one ended it.
/// </summary>
/// <remarks>Passing costs two atomic counts while no handler asks to run alone.</remarks>
[SuppressMessage(
    "Design", "CA1001:Types that own disposable fields should be disposable",
    Justification = "A SemaphoreSlim whose wait handle is never used holds nothing to dispose")]
internal sealed class AloneGate(TimeProvider time)
{
    /// <summary>The time to wait for the others: not for ever, because a handler may itself be waiting for another one.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    private readonly SemaphoreSlim _one = new(1, 1);
    private readonly Lock _lock = new();
    private int _running;
    private volatile TaskCompletionSource? _opened;
    private TaskCompletionSource? _drained;

    /// <summary>Enters alongside others, without waiting. False while a handler runs alone or is about to.</summary>
    public bool TryEnter()
    {
        if (_opened is not null)
            return false;

        Interlocked.Increment(ref _running);
        if (_opened is null)
            return true;

        Exit();
        return false;
    }

    /// <summary>Enters alongside others, as soon as no handler runs alone.</summary>
    public async ValueTask EnterAsync(CancellationToken ct)
    {
        while (!TryEnter())
        {
            if (_opened is { } opened)
                await opened.Task.WaitAsync(ct).ConfigureAwait(false);
        }
    }

    /// <summary>Called once for each <see cref="TryEnter"/> that returned true.</summary>
    public void Exit()
    {
        if (Interlocked.Decrement(ref _running) > 0 || _opened is null)
            return;

        lock (_lock)
            _drained?.TrySetResult();
    }

    /// <summary>
    /// Waits a few seconds at most until nothing else runs. False if something still does: then no handler runs alone, and nothing is held.
    /// </summary>
    public async ValueTask<bool> TryEnterAloneAsync(CancellationToken ct)
    {
        await _one.WaitAsync(ct).ConfigureAwait(false);
        try
        {
            Task drained;
            lock (_lock)
            {
                _drained = new(TaskCreationOptions.RunContinuationsAsynchronously);
                _opened = new(TaskCreationOptions.RunContinuationsAsynchronously);
                if (Interlocked.CompareExchange(ref _running, 0, 0) == 0)
                    _drained.SetResult();

                drained = _drained.Task;
            }

            await drained.WaitAsync(Patience, time, ct).ConfigureAwait(false);
            return true;
        }
        catch (TimeoutException)
        {
            ExitAlone();
            return false;
        }
        catch
        {
            ExitAlone();
            throw;
        }
    }

    /// <summary>Lets the others run again.</summary>
    public void ExitAlone()
    {
        TaskCompletionSource? opened;
        lock (_lock)
        {
            (opened, _opened, _drained) = (_opened, null, null);
        }

        opened?.SetResult();
        _one.Release();
    }
}
