using System.Data.Common;
using Microsoft.EntityFrameworkCore;

namespace EventStore.EF;

/// <summary>
/// What a database must do for the store: all that differs between PostgreSQL and SQLite. Everything else is written once, above.
/// Where a transaction may be given, it is the caller's: it stays open, and usable when the result says that nothing was written.
/// </summary>
internal interface IStorage
{
    /// <summary>The statements that are the same everywhere but for the database's words.</summary>
    StoreStatements Statements { get; }

    /// <summary>Whether statements that are run again and again are to be prepared on their connections.</summary>
    bool PreparesStatements { get; }

    /// <summary>Whether a transaction is of this kind of database.</summary>
    bool Accepts(DbTransaction transaction);

    /// <summary>
    /// Carries out all plans in one transaction, or nothing: each stream occurs once. Returns a result for each, in the same order;
    /// <see langword="null"/> when a stream was not as expected, was created by somebody else meanwhile, or an id stands already or is
    /// unknown; nothing was written then, and <see cref="InspectAsync"/> tells why.
    /// </summary>
    Task<AppendResult[]?> WriteAsync(IReadOnlyList<StreamPlan> plans, DbTransaction? transaction, CancellationToken ct);

    /// <summary>The streams as they are now, and those of the ids that stand in the store.</summary>
    Task<WriteInspection> InspectAsync(IReadOnlyList<StreamPlan> plans, DbTransaction? transaction, CancellationToken ct);

    /// <summary>One page of a stream's events, linked ones included.</summary>
    Task<StreamPage> ReadStreamAsync(StreamPageQuery query, DbTransaction? transaction, CancellationToken ct);

    /// <summary>One page of all events; forward never beyond what is settled.</summary>
    Task<AllPage> ReadAllAsync(AllPageQuery query, CancellationToken ct);

    /// <summary>
    /// The position after which a reader begins that is to get everything that isn't committed when this is called. What was committed by
    /// then lies above it only behind an open transaction's append. Nothing is waited for.
    /// </summary>
    Task<long> ReadSettledAsync(CancellationToken ct);

    /// <summary>
    /// The transactions that have appended and are still open, the oldest first: none where positions become visible in order. Each
    /// append is one while it runs.
    /// </summary>
    Task<IReadOnlyList<PositionHolder>> HoldersAsync(CancellationToken ct);

    /// <summary>Removes events past the guards. False when the stream is missing, or not as the plan demands.</summary>
    Task<bool> RemoveAsync(RemovalPlan plan, DbTransaction? transaction, CancellationToken ct);

    /// <summary>
    /// Runs a write to a stream that may wait for somebody's lock, in a transaction of the store's own, so that those that wait keep no one
    /// else from the database. The write may run more than once; what it is given, if it is, is to be called with its connection, first of
    /// all in its transaction.
    /// </summary>
    Task<T> WaitForLocksAsync<T>(StreamName stream, Func<Func<DbConnection, CancellationToken, Task>?, CancellationToken, Task<T>> write, CancellationToken ct)
        => write(null, ct);

    /// <summary>
    /// To be called before a statement that writes, where the database has one writer at a time and its driver waits for the others by blocking
    /// the thread: waits for the lock without a thread. In a transaction the lock is held afterwards; without one it was free a moment ago.
    /// </summary>
    Task WaitForWriteLockAsync(DbTransaction? transaction, CancellationToken ct) => Task.CompletedTask;

    /// <summary>
    /// Calls <paramref name="changed"/> with what another process may have changed, as soon as the database can tell. Returns only by
    /// cancellation or by an exception; it may be called again then.
    /// </summary>
    Task WatchAsync(Action<StoreChange> changed, CancellationToken ct);

    /// <summary>Tells the other processes of one kind of change of this one's.</summary>
    Task AnnounceAsync(StoreChange change, CancellationToken ct);

    /// <summary>
    /// Raised whenever a connection broke, or another server answered than before: what was received may no longer be in the store, because a
    /// stand-by or an earlier state of the database has taken over.
    /// </summary>
    long Life => 0;

    /// <summary>
    /// Up to which position everything is certainly as it was in an earlier life. Without limit where the database doesn't know, and each
    /// subscription must look for what it has received.
    /// </summary>
    long UnchangedThrough(long life) => long.MaxValue;

    /// <summary>
    /// Whether <see cref="RequireLife"/> looks. Otherwise another state of the database can't come without breaking connections.
    /// </summary>
    bool KnowsLife => false;

    /// <summary>
    /// To be called in a transaction that records what was received, when it has its lock: sees that the store is in the same life as when that
    /// was received.
    /// </summary>
    void RequireLife(DbConnection connection, DbTransaction transaction, long life)
    {
    }

    /// <summary>
    /// Which server answers in a life of the store, as the statements that move a checkpoint take it; none that there is after that life. Null
    /// where that isn't known, or no other can answer without <see cref="RequireLife"/> noticing it.
    /// </summary>
    string? ServerIn(long life) => null;

    /// <summary>Told who answered, as <see cref="SubscriptionStatements.Heads"/> and others name it; another one than before voids what was known of positions.</summary>
    void Met(string server)
    {
    }

    /// <summary>Whose fault an exception of this storage is. To be asked of every one: a lost connection voids what was known of positions.</summary>
    StorageFailure Classify(Exception exception);

    /// <summary>The same for the caller of an operation: in words, whether it may have been done all the same, and whether to try again.</summary>
    StorageTrouble Diagnose(Exception exception) => new(Classify(exception));

    /// <summary>What an exception that is <see cref="StorageFailure.Unavailable"/> tells of the database, whatever connection it comes from.</summary>
    DriverTrouble TroubleOf(Exception exception) => DriverTrouble.Unclear;
}
