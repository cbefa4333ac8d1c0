using System.Diagnostics;

namespace EventStore.EF.Sqlite;

/// <summary>A write in the queue of its file.</summary>
/// <param name="database">The file.</param>
/// <param name="statements">The store's statements.</param>
/// <param name="groupBytes">The most bytes of the store's groups, which one write alone may exceed.</param>
/// <param name="plans">What is to be written.</param>
/// <param name="ct">Cancels it while it waits.</param>
internal sealed class QueuedWrite(SqliteDatabase database, WriteStatements statements, long groupBytes, IReadOnlyList<StreamPlan> plans, CancellationToken ct)
    : PendingWrite(plans, ct)
{
    private readonly long _queuedAt = Stopwatch.GetTimestamp();

    public SqliteDatabase Database { get; } = database;

    public WriteStatements Statements { get; } = statements;

    public long GroupBytes { get; } = groupBytes;

    /// <summary>The bytes of its payloads and metadata.</summary>
    public long Bytes { get; } = plans.Sum(plan => plan is AppendPlan append ? append.Bytes : 0);

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

    /// <summary>
    /// Whether it has waited for somebody else's lock for as long as it may, and fails. The time that it spends in the queue behind
    /// other writes that wait for the same lock counts, so that they wait side by side and not one after the other.
    /// </summary>
    /// <param name="lockedSince">When the lock was first found taken.</param>
    public bool IsTooLate(long lockedSince)
    {
        var waited = Stopwatch.GetElapsedTime(Math.Max(lockedSince, _queuedAt));
        return waited > Database.BusyTimeout && TrySetException(new WriteLockTimeoutException(Database.Path, waited));
    }
}
