using System.Diagnostics;
using EventStore.EF.Storage;
using EventStore.EF.Telemetry;

namespace EventStore.EF.Append;

/// <summary>A write that waits for its turn. It can be cancelled until then; afterwards it runs to its end.</summary>
internal class PendingWrite : TaskCompletionSource<AppendResult[]?>
{
    private CancellationTokenRegistration _cancellation;
    private int _isSettled;

    public PendingWrite(IReadOnlyList<StreamPlan> plans, CancellationToken ct)
        : base(Tracing.IsListenedTo ? Activity.Current : null, TaskCreationOptions.RunContinuationsAsynchronously)
    {
        Plans = plans;
        Cancellation = ct;
        Listen();
    }

    /// <summary>The plans to write in one transaction.</summary>
    public IReadOnlyList<StreamPlan> Plans { get; }

    /// <summary>
    /// The span in which it was begun, if anyone listens. Every task has room for a state, so it costs nothing if nobody does.
    /// </summary>
    public Activity? Span => (Activity?)Task.AsyncState;

    /// <summary>Requests cancellation by the caller, for work that may take long even after the write has been taken.</summary>
    public CancellationToken Cancellation { get; }

    /// <summary>Takes the write; false if it was cancelled.</summary>
    public bool TryTake()
    {
        if (Interlocked.Exchange(ref _isSettled, 1) != 0)
            return false;

        _cancellation.Unregister();
        return true;
    }

    /// <summary>Puts a taken write back into the queue; it can be cancelled again.</summary>
    public void PutBack()
    {
        Volatile.Write(ref _isSettled, 0);
        Listen();
    }

    private void Listen() => _cancellation = Cancellation.UnsafeRegister(static (self, token) => ((PendingWrite)self!).Cancel(token), this);

    private void Cancel(CancellationToken ct)
    {
        if (Interlocked.Exchange(ref _isSettled, 1) == 0)
            TrySetCanceled(ct);
    }
}
