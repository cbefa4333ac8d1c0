using System.Diagnostics;
using EventStore.EF.Append;
using EventStore.EF.Sqlite.Connections;
using EventStore.EF.Storage;

namespace EventStore.EF.Sqlite.Append;

/// <summary>A write in its file's queue.</summary>
/// <param name="store">The store that writes.</param>
/// <param name="plans">The plans to carry out.</param>
/// <param name="ct">Cancels the write while it waits.</param>
internal sealed class QueuedWrite(StoreWrites store, IReadOnlyList<StreamPlan> plans, CancellationToken ct) : PendingWrite(plans, ct)
{
    private readonly long _queuedAt = Stopwatch.GetTimestamp();

    /// <summary>The store that writes.</summary>
    public StoreWrites Store { get; } = store;

    /// <summary>The bytes of its payloads and metadata.</summary>
    public long Bytes { get; } = plans.Sum(plan => plan is AppendPlan append ? append.Bytes : 0);

    /// <summary>The approximate number of rows it writes.</summary>
    public int Size { get; } = plans.Sum(plan => plan switch
    {
        AppendPlan append => append.Events.Count,
        LinkPlan link => link.EventIds.Count,
        _ => 1,
    });

    /// <summary>
    /// The results of the open transaction, given to the caller after the commit; <see langword="null"/> if the write was refused.
    /// </summary>
    public AppendResult[]? Results { get; set; }

    /// <summary>Whether the caller has cancelled the write after it was taken. Ask only while nothing of it is written.</summary>
    public bool IsGivenUp() => Cancellation.IsCancellationRequested && TrySetCanceled(Cancellation);

    /// <summary>
    /// Whether the write has waited for another connection's lock for as long as it may; it then fails. The time in the queue behind other
    /// writes that wait for the same lock counts, so that they wait together and not one after the other.
    /// </summary>
    /// <param name="lockedSince">The time at which the lock was first found taken.</param>
    public bool IsTooLate(long lockedSince)
    {
        var waited = Stopwatch.GetElapsedTime(Math.Max(lockedSince, _queuedAt));
        return waited > Store.Database.BusyTimeout && TrySetException(new WriteLockTimeoutException(Store.Database.Path, waited));
    }
}
