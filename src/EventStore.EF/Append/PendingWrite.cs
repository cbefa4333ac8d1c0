namespace EventStore.EF;

/// <summary>A write that waits for its turn. It can be cancelled until the turn comes; then it runs to its end.</summary>
internal class PendingWrite : TaskCompletionSource<AppendResult[]?>
{
    private CancellationTokenRegistration _cancellation;
    private int _isSettled;

    public PendingWrite(IReadOnlyList<StreamPlan> plans, CancellationToken ct)
        : base(TaskCreationOptions.RunContinuationsAsynchronously)
    {
        Plans = plans;
        Cancellation = ct;
        Listen();
    }

    /// <summary>What is to be written together.</summary>
    public IReadOnlyList<StreamPlan> Plans { get; }

    /// <summary>The caller's wish to be gone, for whoever takes long in spite of having taken the write.</summary>
    public CancellationToken Cancellation { get; }

    /// <summary>Takes the write for writing; false when it was cancelled.</summary>
    public bool TryTake()
    {
        if (Interlocked.Exchange(ref _isSettled, 1) != 0)
            return false;

        _cancellation.Unregister();
        return true;
    }

    /// <summary>Puts a taken write back to those that wait; it can be cancelled again.</summary>
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
