using System.Data;
using System.Data.Common;
using System.Diagnostics;
using System.Runtime.CompilerServices;
using EventStore.EF.Sqlite.Connections;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Diagnostics;
using SQLitePCL;

namespace EventStore.EF.Sqlite.Append;

/// <summary>
/// Gives the transactions of the application's contexts on the store's file a turn among the store's own writes. Otherwise they would look
/// for SQLite's lock every 150 ms, as Microsoft.Data.Sqlite does, and hardly ever find it free beside appends.
/// </summary>
internal sealed class WriteTurnInterceptor : IDbTransactionInterceptor, IDbConnectionInterceptor, ISaveChangesInterceptor
{
    /// <summary>How long SQLite itself looks for the lock if another process takes it at the last moment.</summary>
    private const int BusyTimeoutInMilliseconds = 100;

    private readonly ConditionalWeakTable<DbConnection, WriteTurns.Turn> _turns = [];
    private readonly ConditionalWeakTable<DbContext, object> _withTransaction = [];

    /// <summary>The only one, so that EF Core shares its services among contexts.</summary>
    public static WriteTurnInterceptor Instance { get; } = new();

    public InterceptionResult<DbTransaction> TransactionStarting(
        DbConnection connection, TransactionStartingEventData eventData, InterceptionResult<DbTransaction> result)
    {
        if (result.HasResult || FindTurns(eventData.Context, connection) is not { } turns)
            return result;

        var (sqlite, since) = ((SqliteConnection)connection, Stopwatch.GetTimestamp());
        End(connection);
        Keep(sqlite, turns.Take());
        try
        {
            SpinWait.SpinUntil(() => IsFree(sqlite, since));
            return result;
        }
        catch
        {
            End(connection);
            throw;
        }
    }

    public async ValueTask<InterceptionResult<DbTransaction>> TransactionStartingAsync(
        DbConnection connection, TransactionStartingEventData eventData, InterceptionResult<DbTransaction> result,
        CancellationToken cancellationToken = default)
    {
        if (result.HasResult || FindTurns(eventData.Context, connection) is not { } turns)
            return result;

        var (sqlite, since) = ((SqliteConnection)connection, Stopwatch.GetTimestamp());
        End(connection);
        Keep(sqlite, await turns.TakeAsync(cancellationToken).ConfigureAwait(false));
        try
        {
            while (!IsFree(sqlite, since))
                await Task.Delay(TimeSpan.FromMilliseconds(1), TimeProvider.System, cancellationToken).ConfigureAwait(false);

            return result;
        }
        catch
        {
            End(connection);
            throw;
        }
    }

    public DbTransaction TransactionStarted(DbConnection connection, TransactionEndEventData eventData, DbTransaction result)
    {
        if (_turns.TryGetValue(connection, out var turn))
            turn.Begun();

        return result;
    }

    public ValueTask<DbTransaction> TransactionStartedAsync(
        DbConnection connection, TransactionEndEventData eventData, DbTransaction result, CancellationToken cancellationToken = default)
        => ValueTask.FromResult(TransactionStarted(connection, eventData, result));

    public void TransactionCommitted(DbTransaction transaction, TransactionEndEventData eventData) => End(eventData.Context);

    public Task TransactionCommittedAsync(
        DbTransaction transaction, TransactionEndEventData eventData, CancellationToken cancellationToken = default)
        => EndAsync(eventData.Context);

    public void TransactionRolledBack(DbTransaction transaction, TransactionEndEventData eventData) => End(eventData.Context);

    public Task TransactionRolledBackAsync(
        DbTransaction transaction, TransactionEndEventData eventData, CancellationToken cancellationToken = default)
        => EndAsync(eventData.Context);

    public void ConnectionClosed(DbConnection connection, ConnectionEndEventData eventData) => End(connection);

    public Task ConnectionClosedAsync(DbConnection connection, ConnectionEndEventData eventData)
    {
        End(connection);
        return Task.CompletedTask;
    }

    /// <summary>A single row would be saved without a transaction, and so without a turn.</summary>
    public InterceptionResult<int> SavingChanges(DbContextEventData eventData, InterceptionResult<int> result)
    {
        if (eventData.Context is { } context
            && context.Database.ProviderName == "Microsoft.EntityFrameworkCore.Sqlite"
            && context.Database is { CurrentTransaction: null, AutoTransactionBehavior: AutoTransactionBehavior.WhenNeeded }
            && FindTurns(context, context.Database.GetDbConnection()) is not null)
        {
            context.Database.AutoTransactionBehavior = AutoTransactionBehavior.Always;
            _withTransaction.AddOrUpdate(context, context);
        }

        return result;
    }

    public ValueTask<InterceptionResult<int>> SavingChangesAsync(
        DbContextEventData eventData, InterceptionResult<int> result, CancellationToken cancellationToken = default)
        => ValueTask.FromResult(SavingChanges(eventData, result));

    public int SavedChanges(SaveChangesCompletedEventData eventData, int result)
    {
        Restore(eventData.Context);
        return result;
    }

    public ValueTask<int> SavedChangesAsync(
        SaveChangesCompletedEventData eventData, int result, CancellationToken cancellationToken = default)
        => ValueTask.FromResult(SavedChanges(eventData, result));

    public void SaveChangesFailed(DbContextErrorEventData eventData) => Restore(eventData.Context);

    public Task SaveChangesFailedAsync(DbContextErrorEventData eventData, CancellationToken cancellationToken = default)
        => RestoreAsync(eventData.Context);

    public void SaveChangesCanceled(DbContextEventData eventData) => Restore(eventData.Context);

    public Task SaveChangesCanceledAsync(DbContextEventData eventData, CancellationToken cancellationToken = default)
        => RestoreAsync(eventData.Context);

    /// <summary>The turns of the file, if the store is in it; not for the store's own contexts.</summary>
    private static WriteTurns? FindTurns(DbContext? context, DbConnection connection)
        => context is not (null or EventStoreDbContext) && connection is SqliteConnection { DataSource.Length: > 0 } sqlite
            ? WriteQueue.Find(DatabasePath.Of(sqlite.DataSource).File)?.Turns
            : null;

    /// <summary>
    /// Whether the lock is free. In this process, nobody takes it before the transaction does; another process may, and the driver then
    /// waits.
    /// </summary>
    /// <exception cref="SqliteException">The lock was not free for as long as the connection's commands may wait.</exception>
    private static bool IsFree(SqliteConnection connection, long since)
    {
        _ = raw.sqlite3_busy_timeout(connection.Handle, 0);
        var code = raw.sqlite3_exec(connection.Handle, "BEGIN IMMEDIATE");
        if (code == raw.SQLITE_OK)
            code = raw.sqlite3_exec(connection.Handle, "ROLLBACK");

        _ = raw.sqlite3_busy_timeout(connection.Handle, BusyTimeoutInMilliseconds);
        if (code != raw.SQLITE_BUSY)
            return true;

        var timeout = TimeSpan.FromSeconds(connection.DefaultTimeout);
        if (timeout > TimeSpan.Zero && Stopwatch.GetElapsedTime(since) >= timeout)
            SqliteException.ThrowExceptionForRC(code, connection.Handle);

        return false;
    }

    private void Keep(SqliteConnection connection, WriteTurns.Turn? turn)
    {
        if (turn is null)
            return;

        turn.BelongTo(connection);
        _turns.AddOrUpdate(connection, turn);
    }

    private void End(DbContext? context)
    {
        if (context is not null)
            End(context.Database.GetDbConnection());
    }

    private Task EndAsync(DbContext? context)
    {
        End(context);
        return Task.CompletedTask;
    }

    private void End(DbConnection connection)
    {
        if (_turns.TryGetValue(connection, out var turn) && _turns.Remove(connection))
            turn.End();
    }

    private void Restore(DbContext? context)
    {
        if (context is not null && _withTransaction.Remove(context))
            context.Database.AutoTransactionBehavior = AutoTransactionBehavior.WhenNeeded;
    }

    private Task RestoreAsync(DbContext? context)
    {
        Restore(context);
        return Task.CompletedTask;
    }
}
