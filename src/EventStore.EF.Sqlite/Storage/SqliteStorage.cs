using System.Data.Common;
using System.Globalization;
using EventStore.EF.Sqlite.Append;
using EventStore.EF.Sqlite.Connections;
using EventStore.EF.Sqlite.Operations;
using EventStore.EF.Sqlite.Order;
using EventStore.EF.Sqlite.Read;
using EventStore.EF.Sqlite.Streams;
using EventStore.EF.Storage;
using EventStore.EF.Storage.Sql;
using EventStore.EF.Telemetry;
using Microsoft.Data.Sqlite;

namespace EventStore.EF.Sqlite.Storage;

/// <summary>Accesses the store in SQLite. The code for each concept is in that concept's folder.</summary>
internal sealed class SqliteStorage : IStorage, IAsyncDisposable
{
    private const char LockedMark = '+';

    /// <summary>60 bits: a place in a file is a positive 64-bit number.</summary>
    private const int PlaceDigits = 15;

    private readonly SqliteDatabase _database;
    private readonly StoreWrites _store;
    private readonly WriteQueue _writes;
    private readonly ProcessLocks _processes;
    private long? _owned;
    private readonly WriteStatements _statements;
    private readonly CallerTransactionWriter _callersWriter;
    private readonly ConflictReader _inspector;
    private readonly PageReader _pages;
    private readonly StreamRemover _remover;
    private readonly StoreHistory _history;
    private readonly SqliteErrors _errors;
    private readonly SqliteTroubles _troubles;
    private readonly FileInspector _file;

    public SqliteStorage(SqliteDatabase database, SchemaName schema, EventCatalog catalog, long pageBytes, OperationMeter meter)
    {
        _database = database;
        _writes = WriteQueue.Join(database.Path);
        _processes = ProcessLocks.Of(database.Path);
        _statements = new(schema);
        _store = new(database, _statements, pageBytes, meter);
        _callersWriter = new(database, _statements);
        _inspector = new(database, schema);
        _history = new(schema);
        _pages = new(database, schema, catalog, _history, pageBytes);
        _remover = new(database, schema, _statements.Lock);
        _errors = new(database, schema);
        _troubles = new(database);
        _file = new(database, schema);
        Statements = SqliteStatements.Of(database, schema);
    }

    public StoreStatements Statements { get; }

    /// <summary>False: compiling a statement takes only microseconds here.</summary>
    public bool PreparesStatements => false;

    public long Incarnation => _history.Incarnation;

    public bool Accepts(DbTransaction transaction) => transaction is SqliteTransaction;

    public Task<AppendResult[]?> WriteAsync(IReadOnlyList<StreamPlan> plans, DbTransaction? transaction, CancellationToken ct)
        => transaction is SqliteTransaction callers
            ? _callersWriter.WriteAsync(plans, callers, ct)
            : _writes.WriteAsync(_store, plans, ct);

    public Task<WriteInspection> InspectAsync(IReadOnlyList<StreamPlan> plans, DbTransaction? transaction, CancellationToken ct)
    {
        ct.ThrowIfCancellationRequested();
        return Task.FromResult(_inspector.Inspect(plans, (SqliteTransaction?)transaction));
    }

    public Task<StreamPage> ReadStreamAsync(StreamPageQuery query, DbTransaction? transaction, CancellationToken ct)
    {
        ct.ThrowIfCancellationRequested();
        return Task.FromResult(_pages.ReadStream(query, (SqliteTransaction?)transaction));
    }

    public Task<AllPage> ReadAllAsync(AllPageQuery query, CancellationToken ct)
    {
        ct.ThrowIfCancellationRequested();
        return Task.FromResult(_pages.ReadAll(query));
    }

    public Task<long> ReadSettledAsync(CancellationToken ct)
    {
        ct.ThrowIfCancellationRequested();
        return Task.FromResult(_pages.ReadHead());
    }

    public async Task<long?> LookSettledAsync(CancellationToken ct) => await ReadSettledAsync(ct).ConfigureAwait(false);

    public Task<ServerInspection> InspectServerAsync(CancellationToken ct)
    {
        ct.ThrowIfCancellationRequested();
        return Task.FromResult(_file.Run());
    }

    /// <summary>Returns none: there is one writer at a time, and it takes its positions inside its transaction.</summary>
    public Task<IReadOnlyList<BlockingTransaction>> GetBlockingTransactionsAsync(
        CancellationToken ct) => Task.FromResult<IReadOnlyList<BlockingTransaction>>([]);

    public Task<bool> RemoveAsync(RemovalPlan plan, DbTransaction? transaction, CancellationToken ct)
        => transaction is SqliteTransaction callers ? _remover.RemoveAsync(plan, callers, ct) : _remover.RemoveAsync(plan, ct);

    public async Task WaitForWriteLockAsync(DbTransaction? transaction, CancellationToken ct)
    {
        ct.ThrowIfCancellationRequested();
        if (transaction is SqliteTransaction callers)
        {
            using var savepoint = await Savepoint.SetAsync(callers, _statements.Lock, ct).ConfigureAwait(false);
            _database.RequireIsOpenIn(savepoint.Connection);
            savepoint.Keep();
            return;
        }

        await using var connection = _database.OpenForWriting();
        await _database.Files.RequireAsync(connection).ConfigureAwait(false);
        if (await connection.ExecuteWhenFreeAsync("BEGIN IMMEDIATE", _database.BusyTimeout, () => !ct.IsCancellationRequested)
            .ConfigureAwait(false))
        {
            connection.Execute("ROLLBACK");
        }

        ct.ThrowIfCancellationRequested();
    }

    /// <summary>Reports every kind of change for each commit, because SQLite doesn't tell what was committed.</summary>
    public Task WatchAsync(Action<StoreChange> changed, CancellationToken ct)
        => new DataVersionPoller(_database, _history, () => changed(StoreChange.Appended | StoreChange.Subscriptions), ct).RunAsync();

    /// <summary>Does nothing: <see cref="WatchAsync"/> sees the commit itself.</summary>
    public Task AnnounceAsync(StoreChange change, CancellationToken ct) => Task.CompletedTask;

    /// <summary>Marks the owners that hold a lock of the operating system, so that others know that they can ask for it.</summary>
    public string NameOwner(string name) => ProcessLocks.AreSupported ? name + LockedMark : name;

    public void BeginOwning(string owner)
    {
        if (PlaceOf(owner) is not { } place)
            return;

        try
        {
            _processes.Hold(place);
            _owned = place;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new DatabaseFileException(
                $"The file beside '{_database.Path}' that shows which processes live can't be used: {exception.Message}",
                innerException: exception);
        }
    }

    public bool HasEnded(string owner) => PlaceOf(owner) is { } place && _processes.IsFree(place);

    public long UnchangedThrough(long incarnation) => _history.UnchangedThrough(incarnation);

    public void RequireLife(DbConnection connection, DbTransaction transaction, long incarnation)
    {
        if (!Safeguards.FileIdentity || connection is not SqliteConnection sqlite)
            return;

        _database.RequireIsOpenIn(sqlite);
        _history.Look(sqlite, (SqliteTransaction)transaction);
        if (_history.Incarnation != incarnation)
            throw new DatabaseFileException($"The database file '{_database.Path}' went back to an earlier state.", isExchanged: true);
    }

    public bool KnowsLife => Safeguards.FileIdentity;

    public StorageFailure Classify(Exception exception) => _errors.Classify(exception);

    public StorageTrouble Diagnose(Exception exception) => _troubles.Diagnose(exception, Classify(exception));

    public DriverTrouble TroubleOf(Exception exception) => SqliteErrors.TroubleOf(exception);

    /// <summary>Writes a copy of the database as it is now to a new file.</summary>
    public Task BackUpAsync(string path, IProgress<SqliteBackupProgress>? progress, CancellationToken ct)
        => new SqliteBackup(_database).RunAsync(path, progress, ct);

    /// <summary>Closes what this store has open, so that its file can be deleted or moved.</summary>
    public ValueTask DisposeAsync()
    {
        if (_owned is { } place)
            _processes.Release(place);

        _writes.Leave();
        _processes.Dispose();
        _database.CloseUnused();
        return ValueTask.CompletedTask;
    }

    /// <summary>The place of an owner's lock, from the random end of its name; <see langword="null"/> if it has none.</summary>
    private static long? PlaceOf(string owner)
    {
        if (!owner.EndsWith(LockedMark) || owner.Length <= PlaceDigits)
            return null;

        var digits = owner.AsSpan(owner.Length - 1 - PlaceDigits, PlaceDigits);
        return long.TryParse(digits, NumberStyles.HexNumber, CultureInfo.InvariantCulture, out var place) ? place : null;
    }
}
