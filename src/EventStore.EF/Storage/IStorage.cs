using System.Data.Common;
using EventStore.EF.Storage.Sql;
using Microsoft.EntityFrameworkCore;

namespace EventStore.EF.Storage;

/// <summary>
/// The operations that a database provides to the store: everything that differs between PostgreSQL and SQLite. Everything else is written
/// once, above this interface. A transaction that may be passed in is the caller's: it stays open, and usable if the result says that
/// nothing was written.
/// </summary>
internal interface IStorage
{
    /// <summary>The statements that differ between databases only in their <see cref="SqlDialect"/>.</summary>
    StoreStatements Statements { get; }

    /// <summary>Whether frequently run statements should be prepared on their connections.</summary>
    bool PreparesStatements { get; }

    /// <summary>Whether a transaction belongs to this kind of database.</summary>
    bool Accepts(DbTransaction transaction);

    /// <summary>
    /// Executes all plans in one transaction, or none of them; each stream occurs once. Returns a result for each plan, in the same order.
    /// Returns <see langword="null"/> if a stream was not as expected, was created by another writer in between, or an id already exists or
    /// is unknown. In that case nothing was written, and <see cref="InspectAsync"/> finds the reason.
    /// </summary>
    Task<AppendResult[]?> WriteAsync(IReadOnlyList<StreamPlan> plans, DbTransaction? transaction, CancellationToken ct);

    /// <summary>Returns the streams as they are now, and those of the ids that already exist in the store.</summary>
    Task<WriteInspection> InspectAsync(IReadOnlyList<StreamPlan> plans, DbTransaction? transaction, CancellationToken ct);

    /// <summary>Reads one page of a stream's events, including linked ones.</summary>
    Task<StreamPage> ReadStreamAsync(StreamPageQuery query, DbTransaction? transaction, CancellationToken ct);

    /// <summary>Reads one page of all events; when reading forward, never beyond the settled position.</summary>
    Task<AllPage> ReadAllAsync(AllPageQuery query, CancellationToken ct);

    /// <summary>
    /// Returns the position after which a reader must start to receive everything that isn't committed at the time of the call. Events
    /// already committed lie above it only if they come after an open transaction's append. It waits for nothing.
    /// </summary>
    Task<long> ReadSettledAsync(CancellationToken ct);

    /// <summary>
    /// Returns a position that is settled, as one look at the database shows it: at most the result of <see cref="ReadSettledAsync"/>, and
    /// never more than a few rows are read. <see langword="null"/> if it can't be told, as on a stand-by.
    /// </summary>
    Task<long?> LookSettledAsync(CancellationToken ct) => Task.FromResult<long?>(null);

    /// <summary>
    /// Reads what an operator wants to know about the database and its server, in few cheap statements. What the role may not see counts as
    /// not checked.
    /// </summary>
    Task<ServerInspection> InspectServerAsync(CancellationToken ct) => throw new NotSupportedException();

    /// <summary>
    /// Returns the transactions that have appended and are still open, oldest first; none if positions become visible in order. Every
    /// append counts as one while it runs.
    /// </summary>
    Task<IReadOnlyList<BlockingTransaction>> GetBlockingTransactionsAsync(CancellationToken ct);

    /// <summary>
    /// Removes events despite the triggers that protect them. False if the stream is missing, or not as the plan requires.
    /// </summary>
    Task<bool> RemoveAsync(RemovalPlan plan, DbTransaction? transaction, CancellationToken ct);

    /// <summary>
    /// Runs a write to a stream that may wait for another transaction's lock, in the store's own transaction, so that waiting writes don't
    /// keep others from the database. The write may run more than once. If it receives a delegate, it must call it with its connection
    /// before anything else in its transaction.
    /// </summary>
    Task<T> WaitForLocksAsync<T>(
        StreamName stream, Func<Func<DbConnection, CancellationToken, Task>?, CancellationToken, Task<T>> write, CancellationToken ct)
        => write(null, ct);

    /// <summary>
    /// Runs a write to a stream inside the caller's transaction, which is unchanged if the write fails, is cancelled or waits too long.
    /// </summary>
    Task<T> InCallersAsync<T>(DbTransaction transaction, StreamName stream, Func<CancellationToken, Task<T>> write, CancellationToken ct)
        => write(ct);

    /// <summary>
    /// Waits for the write lock without blocking a thread. Call it before a statement that writes, if the database has one writer at a time
    /// and its driver waits for the others by blocking the thread. Inside a transaction, the lock is held afterwards; without one, it was
    /// free a moment ago.
    /// </summary>
    Task WaitForWriteLockAsync(DbTransaction? transaction, CancellationToken ct) => Task.CompletedTask;

    /// <summary>
    /// Calls <paramref name="changed"/> with what another process may have changed, as soon as the database reports it. Returns only by
    /// cancellation or by an exception; it may then be called again.
    /// </summary>
    Task WatchAsync(Action<StoreChange> changed, CancellationToken ct);

    /// <summary>Notifies the other processes of a change by this process.</summary>
    Task AnnounceAsync(StoreChange change, CancellationToken ct);

    /// <summary>The name by which a process owns leases, from a unique one that ends in hexadecimal digits.</summary>
    string NameOwner(string name) => name;

    /// <summary>Call it before an owner takes its first lease: from then on others can tell whether its process lives.</summary>
    void BeginOwning(string owner)
    {
    }

    /// <summary>Whether the process of an owner has certainly ended. False if that can't be told: its leases then have to expire.</summary>
    bool HasEnded(string owner) => false;

    /// <summary>
    /// A number that rises whenever a connection breaks or a different server answers: received events may no longer be in the store,
    /// because a stand-by or an earlier state of the database has taken over.
    /// </summary>
    long Incarnation => 0;

    /// <summary>
    /// Returns the position up to which everything is certain to be as it was in an earlier incarnation. No limit if the database doesn't
    /// know; each subscription must then look for the events it has received.
    /// </summary>
    long UnchangedThrough(long incarnation) => long.MaxValue;

    /// <summary>
    /// Whether <see cref="RequireLife"/> checks anything. If not, a different state of the database can't appear without breaking
    /// connections.
    /// </summary>
    bool KnowsLife => false;

    /// <summary>
    /// Verifies that the store is in the same incarnation as when events were received. Call it in the transaction that records them, once
    /// it holds its lock.
    /// </summary>
    void RequireLife(DbConnection connection, DbTransaction transaction, long incarnation)
    {
    }

    /// <summary>
    /// Returns the server that answers in an incarnation of the store, with the epoch of <c>store_info</c>, in the form that statements for
    /// checkpoints expect; after that incarnation, a value that matches nothing. Null if it is unknown, or if no other server can answer
    /// without <see cref="RequireLife"/> noticing.
    /// </summary>
    string? ServerIn(long incarnation) => null;

    /// <summary>
    /// Records the server that answered, as <see cref="SubscriptionStatements.Heads"/> and other statements name it. A different server
    /// than before invalidates what was known about positions.
    /// </summary>
    void Observe(string server)
    {
    }

    /// <summary>
    /// Verifies that the database is what the store's statements are written for, when the host starts. Returns a warning, or null.
    /// </summary>
    /// <exception cref="EventStoreSchemaException">It isn't: events could be lost or skipped.</exception>
    Task<string?> CheckEngineAsync(CancellationToken ct) => Task.FromResult<string?>(null);

    /// <summary>
    /// Classifies an exception of this storage. Call it for every exception: a lost connection invalidates what was known about positions.
    /// </summary>
    StorageFailure Classify(Exception exception);

    /// <summary>
    /// Classifies an exception of the application's code, which may be about another database: it invalidates nothing.
    /// </summary>
    StorageFailure ClassifyForeign(Exception exception) => Classify(exception);

    /// <summary>
    /// Classifies an exception for the caller of an operation: the message, whether the operation may have been carried out anyway, and
    /// whether to retry.
    /// </summary>
    StorageTrouble Diagnose(Exception exception) => new(Classify(exception));

    /// <summary>
    /// Returns what an exception that is <see cref="StorageFailure.Unavailable"/> reveals about the database, whichever connection threw
    /// it.
    /// </summary>
    DriverTrouble TroubleOf(Exception exception) => DriverTrouble.Unclear;
}
