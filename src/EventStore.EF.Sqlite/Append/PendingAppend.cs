namespace EventStore.EF.Sqlite;

/// <summary>An append that waits for its turn. It can be cancelled until the turn comes; then it runs to its end.</summary>
internal sealed class PendingAppend : TaskCompletionSource<AppendResult?>
{
    private readonly CancellationTokenRegistration _cancellation;
    private int _isSettled;

    public PendingAppend(SqliteDatabase database, AppendStatements statements, AppendPlan plan, CancellationToken ct)
        : base(TaskCreationOptions.RunContinuationsAsynchronously)
    {
        Database = database;
        Statements = statements;
        Plan = plan;
        _cancellation = ct.UnsafeRegister(static (self, token) => ((PendingAppend)self!).Cancel(token), this);
    }

    public SqliteDatabase Database { get; }

    public AppendStatements Statements { get; }

    public AppendPlan Plan { get; }

    /// <summary>What the open transaction did, told to the caller when it is committed.</summary>
    public AppendResult? Result { get; set; }

    /// <summary>Why the append failed on its own, without harm to the others.</summary>
    public Exception? Error { get; set; }

    /// <summary>Takes the append for writing; false when it was cancelled.</summary>
    public bool TryTake()
    {
        if (Interlocked.Exchange(ref _isSettled, 1) != 0)
            return false;

        _cancellation.Unregister();
        return true;
    }

    public void Complete()
    {
        if (Error is { } error)
            TrySetException(error);
        else
            TrySetResult(Result);
    }

    private void Cancel(CancellationToken ct)
    {
        if (Interlocked.Exchange(ref _isSettled, 1) == 0)
            TrySetCanceled(ct);
    }
}
