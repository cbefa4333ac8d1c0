using System.Diagnostics.CodeAnalysis;

namespace EventStore.EF;

/// <summary>
/// Lets the handlers of this process run beside each other, or one of them alone: when the process ends then, it is known which one ended it.
/// </summary>
/// <remarks>To pass costs two counts while nobody asks to be alone.</remarks>
[SuppressMessage("Design", "CA1001:Types that own disposable fields should be disposable", Justification = "A semaphore whose handle nobody asks for holds nothing to free")]
internal sealed class AloneGate(TimeProvider time)
{
    /// <summary>For so long the others are waited for. A handler may itself wait for what another one does, so it must not be for ever.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    private readonly SemaphoreSlim _one = new(1, 1);
    private readonly Lock _lock = new();
    private int _running;
    private volatile TaskCompletionSource? _opened;
    private TaskCompletionSource? _drained;

    /// <summary>Passes beside others, at once. False while one is alone, or about to be.</summary>
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

    /// <summary>Passes beside others, as soon as none is alone.</summary>
    public async ValueTask EnterAsync(CancellationToken ct)
    {
        while (!TryEnter())
        {
            if (_opened is { } opened)
                await opened.Task.WaitAsync(ct).ConfigureAwait(false);
        }
    }

    /// <summary>To be called once for each <see cref="TryEnter"/> that was true.</summary>
    public void Exit()
    {
        if (Interlocked.Decrement(ref _running) > 0 || _opened is null)
            return;

        lock (_lock)
            _drained?.TrySetResult();
    }

    /// <summary>Waits until nothing else runs, for some seconds at most. False when it still does: then nobody is alone, and nothing is held.</summary>
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
