namespace EventStore.EF.Sqlite;

/// <summary>A write in the queue of its file.</summary>
internal sealed class QueuedWrite(SqliteDatabase database, WriteStatements statements, IReadOnlyList<StreamPlan> plans, CancellationToken ct)
    : PendingWrite(plans, ct)
{
    public SqliteDatabase Database { get; } = database;

    public WriteStatements Statements { get; } = statements;

    /// <summary>How many rows it makes, about.</summary>
    public int Size { get; } = plans.Sum(plan => plan switch
    {
        AppendPlan append => append.Events.Count,
        LinkPlan link => link.EventIds.Count,
        _ => 1,
    });

    /// <summary>What the open transaction did, told to the caller when it is committed; <see langword="null"/> when it was refused.</summary>
    public AppendResult[]? Results { get; set; }

    /// <summary>Whether the caller is gone, though the write was taken; to be asked while nothing of it is written.</summary>
    public bool IsGivenUp() => Cancellation.IsCancellationRequested && TrySetCanceled(Cancellation);
}
